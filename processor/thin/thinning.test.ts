import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  findingAt,
  findingsOf,
  parsedOf,
  settled,
  standingsByDefinition,
  type ThinRecord,
  thinRequests,
} from "../../test/helpers/thinning-stream.ts";
import type { Standing } from "./stream-context.ts";
import { SETTLING_MS } from "./stream-table.ts";

const record: fc.Arbitrary<ThinRecord> = fc.record({
  stream: fc.constantFrom("a", "b", "c"),
  opinion: fc.oneof(
    { weight: 12, arbitrary: fc.constant("normal" as const) },
    { weight: 1, arbitrary: fc.constant("anomalous" as const) },
    { weight: 1, arbitrary: fc.constant("unknown" as const) },
  ),
});
const requests = fc.array(fc.array(record, { maxLength: 12 }), { minLength: 1, maxLength: 8 });
const contextRecords = fc.integer({ min: 0, max: 5 });

const normal = (stream: string, count = 1): ThinRecord[] =>
  Array.from({ length: count }, () => ({ stream, opinion: "normal" as const }));
const odd = (stream: string): ThinRecord => ({ stream, opinion: "anomalous" });
const isReliable = () => true;
const ofOneSession = { events: 2, counts: new Map(), startedMs: 0 };
const inOrder = (numbers: readonly number[]) => numbers.toSorted((one, other) => one - other);

describe("what a record is to thinning", () => {
  it("is what its stream says before and after it, however it is cut into requests and in whichever order they are judged", async () => {
    await fc.assert(
      fc.asyncProperty(requests, contextRecords, fc.func(fc.nat()), async (all, context, orderOf) => {
        const thin = thinRequests({ context_records: context });
        const numbers = all.map((records) => thin.enter(records));
        for (const number of numbers.toSorted((one, other) => orderOf(one) - orderOf(other)))
          thin.tell(number);
        thin.timeIsUp();
        await settled();
        const told = numbers.flatMap((number) => thin.standings.get(number) ?? []);
        expect(told).toEqual(standingsByDefinition(all.flat(), context));
        expect([thin.thinning.heldBytes, thin.timers]).toEqual([0, 0]);
      }),
    );
  });

  it("is never less than an anomaly or what follows one, wherever waiting ends; context before it that came too late is counted", async () => {
    await fc.assert(
      fc.asyncProperty(requests, contextRecords, fc.array(fc.boolean()), async (all, context, ends) => {
        const thin = thinRequests({ context_records: context });
        for (const [at, records] of all.entries()) {
          thin.tell(thin.enter(records));
          if (ends[at] === true) thin.timeIsUp();
          await settled();
        }
        thin.timeIsUp();
        await settled();
        const truth = standingsByDefinition(all.flat(), context);
        const told = all.flatMap((_, number) => thin.standings.get(number) ?? []);
        const missed = truth.filter((standing, at) => standing !== told[at]);
        expect(missed.every((standing) => standing === "context")).toBe(true);
        expect(thin.missed()).toBe(missed.length);
        if (!ends.includes(true)) expect(missed).toEqual([]);
      }),
    );
  });

  it("is kept where it cannot be known in time, as it is by default", async () => {
    await fc.assert(
      fc.asyncProperty(requests, contextRecords, async (all, context) => {
        const thin = thinRequests({ context_records: context, hold_ms: 0, undecided: "keep" });
        for (const records of all) thin.tell(thin.enter(records));
        await settled();
        const truth = standingsByDefinition(all.flat(), context);
        const told: readonly Standing[] = all.flatMap((_, number) => thin.standings.get(number) ?? []);
        for (const [at, standing] of truth.entries())
          if (standing !== "rest") expect(told[at]).not.toBe("rest");
        expect(thin.missed()).toBe(0);
      }),
    );
  });
});

describe("requests that wait", () => {
  it("go on in the order of each stream, however they were judged and whenever they were decided", async () => {
    await fc.assert(
      fc.asyncProperty(requests, contextRecords, fc.func(fc.nat()), async (all, context, orderOf) => {
        const thin = thinRequests({ context_records: context });
        const numbers = all.map((records) => thin.enter(records));
        for (const number of numbers.toSorted((one, other) => orderOf(one) - orderOf(other))) {
          thin.tell(number);
          await settled();
        }
        thin.timeIsUp();
        await settled();
        expect(inOrder(thin.gone)).toEqual(numbers);
        for (const stream of ["a", "b", "c"]) {
          const own = thin.gone.filter((number) => all[number]?.some((one) => one.stream === stream));
          expect(own).toEqual(inOrder(own));
        }
      }),
    );
  });

  it("wait for context alone: what nothing can follow any more goes at once", async () => {
    const thin = thinRequests({ context_records: 2 });
    thin.tell(thin.enter([...normal("a", 5), odd("a"), ...normal("a", 2)]));
    await settled();
    expect(thin.gone).toEqual([0]);
    thin.tell(thin.enter([...normal("a", 3)]));
    await settled();
    expect(thin.gone).toEqual([0]);
    thin.tell(thin.enter([...normal("b", 3)]));
    thin.tell(thin.enter([odd("a")]));
    await settled();
    expect(thin.gone).toEqual([0, 1, 3]);
    expect(thin.standings.get(1)).toEqual(["rest", "context", "context"]);
  });

  it("are decided at once, the oldest first, where they hold too many bytes or records", async () => {
    const inBytes = thinRequests({ context_records: 2, max_held_bytes: 10 });
    for (let request = 0; request < 4; request += 1)
      inBytes.tell(inBytes.enter(normal(`stream ${request}`), 4));
    await settled();
    expect(inBytes.gone).toEqual([0, 1]);
    expect(inBytes.thinning.heldBytes).toBe(8);
    expect(inBytes.early).toEqual({ memory: 2 });
    const inRecords = thinRequests({ context_records: 2 }, { heldRecordsMax: 1 });
    for (let request = 0; request < 3; request += 1)
      inRecords.tell(inRecords.enter(normal(`stream ${request}`)));
    await settled();
    expect(inRecords.gone).toEqual([0, 1]);
  });

  it("keep their order though what is known of their stream is forgotten, or something passes unread", async () => {
    for (const forget of ["another stream", "skip"]) {
      const thin = thinRequests({ context_records: 0 }, { streamsMax: 1 });
      const parsed = parsedOf(normal("a"));
      const first = thin.thinning.enter({ records: 1, bytes: 1, parsed });
      await first.judged({ findings: findingsOf(normal("a")), isReliable });
      if (forget === "skip") thin.thinning.skip();
      else thin.thinning.enter({ records: 1, bytes: 1, parsed: parsedOf(normal("b")) }).leave();
      thin.tell(thin.enter(normal("a")));
      await settled();
      expect(thin.gone).toEqual([]);
      first.leave();
      await settled();
      expect(thin.gone).toEqual([0]);
    }
  });

  it("that cannot be placed hold up neither themselves nor others", async () => {
    const { thinning } = thinRequests({ context_records: 0 });
    const enter = () => thinning.enter({ records: 1, bytes: 1, parsed: parsedOf(normal("a")) });
    const [first, second, third] = [enter(), enter(), enter()];
    const findings = findingsOf(normal("a"));
    const broken = second.judged({
      findings,
      isReliable: () => {
        throw new Error("boom");
      },
    });
    const last = third.judged({ findings, isReliable });
    expect(await first.judged({ findings, isReliable })).toEqual(["rest"]);
    await expect(broken).rejects.toThrow("boom");
    expect(await last).toEqual(["rest"]);
  });

  it("are decided where their stream is forgotten", async () => {
    const thin = thinRequests({ context_records: 2 }, { streamsMax: 1 });
    thin.tell(thin.enter(normal("a")));
    thin.tell(thin.enter(normal("b")));
    await settled();
    expect(thin.gone).toEqual([0]);
    expect(thin.early).toEqual({ memory: 1 });
  });

  it("go on when the stage stops, and none waits from then on", async () => {
    const thin = thinRequests({ context_records: 2 });
    thin.tell(thin.enter(normal("a")));
    thin.thinning.stop();
    thin.tell(thin.enter(normal("a")));
    await settled();
    expect(thin.gone).toEqual([0, 1]);
    expect(thin.early).toEqual({ stop: 2 });
  });

  it("do not wait for one that never got its verdicts", async () => {
    const thin = thinRequests({ context_records: 2 });
    const broken = thin.thinning.enter({ records: 1, bytes: 1, parsed: [] });
    const lost = thin.thinning.enter({ records: 1, bytes: 1, parsed: parsedOf(normal("a")) });
    thin.tell(thin.enter([...normal("a"), odd("a")]));
    await settled();
    expect(thin.gone).toEqual([]);
    broken.leave();
    lost.leave();
    lost.leave();
    await settled();
    expect(thin.gone).toEqual([0]);
  });
});

describe("where it is not known what came before", () => {
  it("a stream's first records are kept: after a start, and after records that were not looked at", async () => {
    const thin = thinRequests({ context_records: 2, hold_ms: 0 }, { startedMs: SETTLING_MS - 1 });
    thin.tell(thin.enter(normal("a", 4)));
    await settled();
    expect(thin.standings.get(0)).toEqual(["unknown", "unknown", "rest", "rest"]);
    const later = thinRequests({ context_records: 2, hold_ms: 0 });
    later.tell(later.enter(normal("a", 4)));
    later.thinning.skip();
    later.tell(later.enter(normal("a", 4)));
    await settled();
    expect(later.standings.get(0)).toEqual(["rest", "rest", "rest", "rest"]);
    expect(later.standings.get(1)).toEqual(["unknown", "unknown", "rest", "rest"]);
  });

  it("records that were not looked at go at once, as unknown", async () => {
    const thin = thinRequests({ context_records: 2 });
    const passed = thin.thinning.enter({ records: 2, bytes: 2, parsed: [] });
    const told = await passed.judged({ findings: [], isReliable });
    expect(told).toEqual(["unknown", "unknown"]);
    const empty = thin.thinning.enter({ records: 0, bytes: 0, parsed: [] });
    expect(await empty.judged({ findings: [], isReliable })).toEqual([]);
  });

  it("verdicts that are not reliable keep what they do not flag", async () => {
    const thin = thinRequests({ context_records: 0, hold_ms: 0 });
    const records = [...normal("a"), odd("a")];
    const place = thin.thinning.enter({ records: 2, bytes: 2, parsed: parsedOf(records) });
    const findings = [findingAt("a", 0, false), findingAt("a", 1, true)];
    expect(await place.judged({ findings, isReliable: () => false })).toEqual(["unknown", "anomaly"]);
  });
});

describe("a session that ends oddly, which no record carries", () => {
  it("keeps the last records of its stream, those that wait from earlier requests too", async () => {
    const thin = thinRequests({ context_records: 2 });
    thin.tell(thin.enter(normal("a", 3)));
    thin.thinning.fellSilent([findingAt("a", undefined, true), findingAt("b", undefined, false)]);
    await settled();
    expect(thin.standings.get(0)).toEqual(["rest", "context", "context"]);
  });

  it("stands where its last record stands, or before all of a request that brings none of it", async () => {
    const thin = thinRequests({ context_records: 1, hold_ms: 0 });
    const place = (count: number) =>
      thin.thinning.enter({ records: count, bytes: 1, parsed: parsedOf(normal("a", count)) });
    const [first, second] = [place(4), place(2)];
    const seen = [0, 1].map((index) => findingAt("a", index, false, ofOneSession));
    const others = [2, 3].map((index) => findingAt("a", index, false));
    const end = findingAt("a", undefined, true, ofOneSession);
    expect(await first.judged({ findings: [...seen, end, ...others], isReliable })).toEqual([
      "rest",
      "context",
      "rest",
      "rest",
    ]);
    const rest = [0, 1].map((index) => findingAt("a", index, false));
    const told = await second.judged({ findings: [...rest, end], isReliable });
    expect([told, thin.missed()]).toEqual([["rest", "rest"], 1]);
  });
});
