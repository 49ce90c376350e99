import { describe, expect, it } from "vitest";
import { configSchema } from "../../cli/config.ts";
import { createStages } from "../../processor/create-stages.ts";
import type { ScoringBatch } from "../../processor/detect/event-scorer.ts";
import { createEnrich } from "../../processor/enrich/enrich.ts";
import { createLane } from "../../processor/flow/lane.ts";
import { inParts } from "../../processor/forward/create-forwarder.ts";
import type { ForwardOutcome } from "../../processor/forward/forward-outcome.ts";
import { isOutcome, processRequest } from "../../processor/pipeline.ts";
import { createRetryMemory } from "../../processor/receive/retries.ts";
import { createTally } from "../../processor/remember/tally.ts";
import { createRooms } from "../../processor/rooms.ts";
import { evenSurprises } from "../helpers/even-surprises.ts";
import { standInEncoder } from "../helpers/stand-in-encoder.ts";
import { numberedRequest } from "./numbered-requests.ts";

const NOW_MS = 1_700_000_000_000;
const ACCEPTED: ForwardOutcome = { kind: "accepted", rejectedRecords: 0, message: "" };
const AWAY: ForwardOutcome = { kind: "retry", afterMs: undefined, message: "away" };
/** Smaller than the requests with their attributes: each goes in parts. */
const PART_BYTES = 4_096;
const REQUESTS = [0, 1, 2].map((index) => numberedRequest("one", index * 200, 200));

type Answer = (body: Uint8Array, signal: AbortSignal) => Promise<ForwardOutcome>;

/** The pipeline over real rooms, with a next hop of the test's own. */
function pipeline(answer: Answer) {
  const config = configSchema.parse({});
  const rooms = createRooms(config, {
    scorer: {
      version: "even",
      eventsMax: 20,
      residual: () => undefined,
      score: async (batch: ScoringBatch) => evenSurprises(batch, 1),
    },
    encoder: standInEncoder,
    now: () => NOW_MS,
  });
  const tally = createTally(1_000, () => undefined);
  const lane = createLane(1_000_000);
  const stages = createStages(rooms, {
    lane,
    enrich: createEnrich("anomaly"),
    forwarder: inParts({ send: answer, close: async () => undefined }, PART_BYTES),
    retries: createRetryMemory({ isSettled: isOutcome, max_bytes: 1e7, max_age_ms: 1e6, now: () => 1 }),
    remember: (_, { parsed }) => {
      for (const { service, timeMs, match } of parsed)
        tally.record({ service, timeMs, match }, undefined, "ready");
    },
    scoringBudgetMs: 60_000,
    now: () => NOW_MS,
    newId: () => "id",
  });
  return {
    send: (bytes: Uint8Array, signal = new AbortController().signal) =>
      processRequest({ bytes, transport: "grpc" }, stages, signal),
    /** Everything that was learned and counted. */
    async state() {
      await lane.drained();
      return JSON.stringify([
        rooms.miner.snapshot(),
        rooms.judge.snapshot(),
        rooms.detectors.map((detector) => detector.snapshot()),
        tally.drain(),
      ]);
    },
  };
}

/** What one clean sending of all requests comes to. */
async function clean(): Promise<string> {
  const { send, state } = pipeline(async () => ACCEPTED);
  for (const request of REQUESTS) expect(await send(request)).toEqual(ACCEPTED);
  return state();
}

describe("a request and its retries leave the state of one request", () => {
  it("when the next hop was away twice", async () => {
    let asked = 0;
    const { send, state } = pipeline(async () => {
      asked += 1;
      return asked <= 2 ? AWAY : ACCEPTED;
    });
    for (const request of REQUESTS) while ((await send(request)).kind !== "accepted");
    expect(await state()).toBe(await clean());
  });

  it("when a part of it was taken, and the rest at the second and third time", async () => {
    let asked = 0;
    const { send, state } = pipeline(async () => {
      asked += 1;
      return asked % 3 === 0 ? AWAY : ACCEPTED;
    });
    for (const request of REQUESTS) while ((await send(request)).kind !== "accepted");
    expect(asked).toBeGreaterThan(10);
    expect(await state()).toBe(await clean());
  });

  it("when a part of its records was rejected", async () => {
    const { send, state } = pipeline(async () => ({ ...ACCEPTED, rejectedRecords: 1 }));
    for (const request of REQUESTS) await send(request);
    expect(await state()).toBe(await clean());
  });

  it("when it came again while it was scored, and while it waited for the next hop", async () => {
    const { send, state } = pipeline(async () => ACCEPTED);
    for (const request of REQUESTS) {
      const outcomes = await Promise.all([send(request), send(request), send(request)]);
      expect(outcomes).toEqual([ACCEPTED, ACCEPTED, ACCEPTED]);
    }
    expect(await state()).toBe(await clean());
  });

  it("when its sender left while it was scored, and while it waited", async () => {
    let leaving = new AbortController();
    const { send, state } = pipeline(async (_, signal) => {
      if (signal.aborted) return AWAY;
      leaving.abort();
      return ACCEPTED;
    });
    for (const request of REQUESTS) {
      leaving = new AbortController();
      const scored = send(request, leaving.signal);
      leaving.abort();
      expect((await scored).kind).toBe("retry");
      leaving = new AbortController();
      await send(request, leaving.signal);
      leaving = new AbortController();
      while ((await send(request)).kind !== "accepted");
    }
    expect(await state()).toBe(await clean());
  });
});

describe("what was acknowledged and heard", () => {
  it("is another request when it comes again: two requests may well be alike", async () => {
    const { send, state } = pipeline(async () => ACCEPTED);
    for (const request of [...REQUESTS, ...REQUESTS]) await send(request);
    expect(await state()).not.toBe(await clean());
  });
});
