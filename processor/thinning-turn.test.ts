import { describe, expect, it } from "vitest";
import { ACCEPTED, boom, next, request, send, stagesUnderTest } from "../test/helpers/stages-under-test.ts";
import type { ForwardOutcome } from "./forward/forward-outcome.ts";
import { processRequest } from "./pipeline.ts";
import { samplingConfig } from "./thin/config.ts";
import { createMark } from "./thin/marks.ts";
import type { Standing } from "./thin/stream-context.ts";
import type { Thinning } from "./thin/thinning.ts";
import { createThinning } from "./thin/thinning.ts";
import type { ThinnedCounts, Thinner } from "./thinning-turn.ts";
import { readRequest } from "./wire/read-request.ts";

const config = samplingConfig.parse({ enabled: true, mode: "drop", base_percent: 0 });

/** Thinning that says the same of each record, and tells what was asked of it. */
function saying(standing: Standing) {
  const asked = { left: 0, skipped: 0, inTurn: Promise.resolve() };
  const thinning: Thinning = {
    enter: ({ records }) => ({
      judged: async () => new Array<Standing>(records).fill(standing),
      inTurn: () => asked.inTurn,
      leave: () => {
        asked.left += 1;
      },
    }),
    fellSilent: () => undefined,
    skip: () => {
      asked.skipped += 1;
    },
    stop: () => undefined,
    heldBytes: 0,
  };
  return { asked, thinner: { thinning, mark: createMark(config), isLearned: () => true } };
}

function run(thinner: Thinner, outcomes: readonly ForwardOutcome[] = []) {
  const counted: (readonly [kind: string, records: number, thinned: ThinnedCounts | undefined])[] = [];
  const forwarded: Uint8Array[] = [];
  const rest = [...outcomes];
  const { stages, seen } = stagesUnderTest({
    thinner,
    forwarder: {
      forward: async (bytes) => {
        forwarded.push(bytes);
        return rest.shift() ?? ACCEPTED;
      },
      close: async () => undefined,
    },
  });
  const observer = {
    ...stages.observer,
    outcome: (outcome: ForwardOutcome, records: number, _: unknown, thinned?: ThinnedCounts) => {
      counted.push([outcome.kind, records, thinned]);
    },
  };
  return { stages: { ...stages, observer }, seen, forwarded, counted };
}

describe("a request that is thinned out", () => {
  it("is acknowledged without asking the next hop where none of its records is to go on, and teaches all the same", async () => {
    const { thinner, asked } = saying("rest");
    const { stages, seen, forwarded, counted } = run(thinner);
    expect(await send(stages)).toEqual(ACCEPTED);
    expect(forwarded).toEqual([]);
    expect(counted).toEqual([["accepted", 3, { leftOut: 3, standings: new Map([["rest", 3]]) }]]);
    expect([seen.remembered, seen.learned > 0, asked.left]).toEqual([1, true, 1]);
  });

  it("is counted once where its sender leaves and tries again while it waits, and none of its records is to go on", async () => {
    const { thinner, asked } = saying("rest");
    const before = Promise.withResolvers<void>();
    asked.inTurn = before.promise;
    const { stages, counted } = run(thinner);
    const sender = new AbortController();
    const left = processRequest({ bytes: request, transport: "grpc" }, stages, sender.signal);
    await stages.lane.drained();
    sender.abort();
    const again = send(stages);
    before.resolve();
    expect([(await left).kind, await again]).toEqual(["retry", ACCEPTED]);
    expect(counted.map(([kind]) => kind)).toEqual(["retry", "accepted"]);
  });

  it("comes again as it was thinned out, and is counted when it is taken", async () => {
    const { thinner, asked } = saying("anomaly");
    const again: ForwardOutcome = { kind: "retry", afterMs: 1, message: "busy" };
    const { stages, forwarded, counted } = run(thinner, [again]);
    expect((await send(stages)).kind).toBe("retry");
    expect(await send(stages)).toEqual(ACCEPTED);
    expect(forwarded[1]).toBe(forwarded[0]);
    expect(counted.map(([kind, , thinned]) => [kind, thinned?.standings.get("anomaly")])).toEqual([
      ["retry", 3],
      ["accepted", 3],
    ]);
    expect(asked.left).toBe(1);
  });

  it("goes on as it came, and whole, where our attributes cannot be written into it", async () => {
    const { thinner, asked } = saying("rest");
    const { stages, forwarded, counted } = run(thinner);
    expect(await send({ ...stages, enrich: boom })).toEqual(ACCEPTED);
    expect(forwarded).toEqual([request]);
    expect([counted[0]?.[2], asked.left]).toEqual([undefined, 1]);
  });

  it.each([
    ["nothing can be entered", (broken: Thinner) => ({ ...broken.thinning, enter: boom }), undefined],
    ["the share cannot be drawn", (broken: Thinner) => broken.thinning, boom],
  ])("goes on whole, scored and counted, where %s", async (_, thinningOf, mark) => {
    const { thinner } = saying("rest");
    const broken = { ...thinner, thinning: thinningOf(thinner), mark: mark ?? thinner.mark };
    const { stages, seen, forwarded, counted } = run(broken);
    expect(await send(stages)).toEqual(ACCEPTED);
    const records = forwarded.flatMap((bytes) => readRequest(bytes).records);
    expect(records).toHaveLength(3);
    expect(records.every((record) => record.attribute("sampling.priority") === undefined)).toBe(true);
    expect([seen.failed, seen.learned > 0]).toEqual([["thinning out"], true]);
    expect(counted).toEqual([["accepted", 3, undefined]]);
  });

  it("holds nobody up where it cannot be gone on with at all", async () => {
    const { thinner, asked } = saying("rest");
    const { stages } = run(thinner);
    await expect(send({ ...stages, protect: boom })).rejects.toThrow("broken");
    expect(asked.left).toBe(1);
  });

  it("passes whole where it was not looked at, and nothing waits any longer", async () => {
    const { thinner, asked } = saying("unknown");
    const { stages, forwarded } = run(thinner);
    await send({ ...stages, lane: { ...stages.lane, enter: () => undefined } });
    expect(forwarded.flatMap((bytes) => readRequest(bytes).records)).toHaveLength(3);
    expect([asked.skipped, asked.left]).toEqual([1, 1]);
  });

  it("waits for those before it until they have been handed on", async () => {
    const { thinner, asked } = saying("anomaly");
    const before = Promise.withResolvers<void>();
    asked.inTurn = before.promise;
    const { stages, forwarded } = run(thinner);
    const sending = send(stages);
    await stages.lane.drained();
    expect(forwarded).toHaveLength(0);
    before.resolve();
    await sending;
    expect(forwarded).toHaveLength(1);
  });
});

describe("requests of one stream", () => {
  it("are handed on in their order though the first is redacted for longer", async () => {
    const thinning = createThinning(
      { ...config, hold_ms: 0, undecided: "keep" },
      {
        heldRecordsMax: 100,
        streamsMax: 10,
        now: () => 0,
        later: () => () => undefined,
        onEarly: () => undefined,
        onMissed: () => undefined,
      },
    );
    const { stages, forwarded } = run({ thinning, mark: createMark(config), isLearned: () => true });
    const slow = Promise.withResolvers<void>();
    const begun: Uint8Array[] = [];
    const protect = async (bytes: Uint8Array) => {
      begun.push(bytes);
      if (begun.length === 1) await slow.promise;
      return bytes;
    };
    const sending = [request, next].map((bytes) => send({ ...stages, protect }, bytes));
    await stages.lane.drained();
    slow.resolve();
    await Promise.all(sending);
    const times = forwarded.flatMap((bytes) => readRequest(bytes).records.map((one) => one.timeUnixNano));
    expect(times).toEqual([1n, 2n, 3n, 4n, 5n, 6n]);
  });
});
