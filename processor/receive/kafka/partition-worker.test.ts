import { expect, it } from "vitest";
import { createAdmission } from "../limits.ts";
import { createPartitionWorker, type WorkerPorts } from "./partition-worker.ts";

const IN_FLIGHT_BYTES_MAX = 100_000;

const messagesFrom = (first: number, count: number) =>
  Array.from({ length: count }, (_, i) => ({
    topic: "logs",
    partition: 0,
    offset: BigInt(first + i),
    timestampMs: 0,
    key: undefined,
    value: Buffer.from("words"),
  }));

function workerOf(more: Partial<WorkerPorts>) {
  return createPartitionWorker(
    { topic: "logs", partition: 0, offset: 0n },
    {
      admission: createAdmission(IN_FLIGHT_BYTES_MAX),
      batchMessagesMax: 10,
      batchBytesMax: 1_000,
      deliver: () => new Promise(() => undefined),
      isCurrent: () => true,
      pause: () => new Promise((resolve) => setImmediate(resolve)),
      onSettled: () => undefined,
      onBroken: () => undefined,
      ...more,
    },
  );
}

it("takes of many small messages what there is room for, counted as what they take in memory, and wants the rest", () => {
  const admission = createAdmission(IN_FLIGHT_BYTES_MAX);
  const worker = workerOf({ admission });
  expect(worker.offer(messagesFrom(0, 10), 10n)).toBe(true);
  expect(worker.offer(messagesFrom(10, 1_000), 1_010n)).toBe(false);
  expect(worker.settled.offset).toBe(0n);
  expect(admission.bytesInFlight).toBeGreaterThan(IN_FLIGHT_BYTES_MAX / 4);
  // Half of the room is left to others.
  expect(admission.bytesInFlight).toBeLessThanOrEqual(IN_FLIGHT_BYTES_MAX / 2);
});

it("reads on behind what it has taken", () => {
  const admission = createAdmission(IN_FLIGHT_BYTES_MAX);
  admission.open().grow(IN_FLIGHT_BYTES_MAX / 2);
  const worker = workerOf({ admission });
  expect(worker.offer(messagesFrom(0, 1_000), 1_000n)).toBe(false);
  const { offset } = worker.wanted ?? { offset: 0n };
  expect(offset).toBeGreaterThan(50n);
  expect(offset).toBeLessThan(200n);
});

it("begins no batch while the group may have gone on without the member", async () => {
  let isCurrent = false;
  let pauses = 0;
  const delivered = Promise.withResolvers<void>();
  const worker = workerOf({
    deliver: async () => {
      expect(isCurrent).toBe(true);
      delivered.resolve();
    },
    isCurrent: () => isCurrent,
    pause: async () => {
      pauses += 1;
      if (pauses === 3) isCurrent = true;
    },
  });
  worker.offer(messagesFrom(0, 1), 1n);
  await delivered.promise;
  expect(pauses).toBe(3);
  await worker.finish();
});
