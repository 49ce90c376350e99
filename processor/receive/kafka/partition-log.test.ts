import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createPartitionLog } from "./partition-log.ts";

interface Message {
  readonly offset: bigint;
  readonly bytes: number;
}
const limits = { messagesMax: 3, bytesMax: 10, bytesOf: ({ bytes }: Message) => bytes };
const message = (offset: number, bytes = 1): Message => ({ offset: BigInt(offset), bytes });

describe("a batch", () => {
  it("is in order, within its bounds, and one at a time", () => {
    const log = createPartitionLog<Message>(5n);
    log.append(
      [5, 6, 7, 8].map((offset) => message(offset)),
      9n,
    );
    expect(log.take(limits).map(({ offset }) => offset)).toEqual([5n, 6n, 7n]);
    expect(log.take(limits)).toEqual([]);
    expect(log.settled).toBe(5n);
    log.settle();
    expect(log.settled).toBe(8n);
    expect(log.take(limits)).toHaveLength(1);
  });

  it("of one message may be larger than its bounds", () => {
    const log = createPartitionLog<Message>(0n);
    log.append([message(0, 100), message(1)], 2n);
    expect(log.take(limits)).toEqual([message(0, 100)]);
  });
});

it("leaves out what was read before, and passes over what holds no message", () => {
  const log = createPartitionLog<Message>(10n);
  log.append([message(8), message(10)], 11n);
  log.append([message(10), message(14)], 20n);
  expect(log.take(limits).map(({ offset }) => offset)).toEqual([10n, 14n]);
  expect(log.next).toBe(20n);
  log.settle();
  expect(log.settled).toBe(20n);
});

type Step =
  | { readonly kind: "read"; readonly back: number; readonly gaps: readonly number[] }
  | { readonly kind: "take" | "settle" };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant("read" as const),
    back: fc.nat(4),
    gaps: fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 6 }),
  }),
  fc.record({ kind: fc.constantFrom("take" as const, "settle" as const) }),
);

/** A log, and what must be true of it. */
function createWatchedLog() {
  const log = createPartitionLog<Message>(100n);
  const known: bigint[] = [];
  const settled: bigint[] = [];
  const taken: bigint[] = [];
  return {
    read(back: number, gaps: readonly number[]) {
      let at = Number(log.next) - back;
      const messages = gaps.map((gap) => {
        const made = message(at);
        at += gap;
        return made;
      });
      known.push(...messages.map(({ offset }) => offset).filter((offset) => offset >= log.next));
      log.append(messages, BigInt(at));
    },
    take: () => void taken.push(...log.take(limits).map(({ offset }) => offset)),
    settle() {
      log.settle();
      settled.push(...taken.slice(settled.length));
    },
    check() {
      expect(taken).toEqual(known.slice(0, taken.length));
      expect(known.filter((offset) => offset < log.settled)).toEqual(settled);
    },
  };
}

it("whatever is read again or has gaps: each message is taken once, in order, and settled in its turn", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const log = createWatchedLog();
      for (const one of steps) {
        if (one.kind === "read") log.read(one.back, one.gaps);
        else log[one.kind]();
        log.check();
      }
    }),
    { numRuns: 500 },
  );
});
