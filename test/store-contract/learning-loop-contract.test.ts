import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openStore } from "../../store/open-store.ts";
import { SCORE_BUCKETS, type Store } from "../../store/store.ts";
import type { ThresholdSetting } from "../../store/threshold.ts";
import { type TestDatabase, testDatabase } from "../helpers/test-database.ts";
import { anAnomaly, idOf } from "./an-anomaly.ts";
import { EMPTY } from "./empty-batch.ts";
import { keptSince } from "./kept-since.ts";

const PAGE = { first: 9 };
const HOUR_MS = 3_600_000;

let database: TestDatabase;
let store: Store;
beforeEach(async () => {
  database = await testDatabase();
  store = await openStore(database.settings);
});
afterEach(() => store.close());

const label = (id: string, anomaly: number, isTrueAnomaly: boolean) =>
  store.addFeedback({
    id,
    anomalyId: idOf(anomaly),
    isTrueAnomaly,
    note: undefined,
    author: "ann",
    createdAtMs: 1,
  });
const sample = (slot: string, number: number, score = 0.8) => ({
  slot,
  record: anAnomaly(number, { score }),
});

describe("incidents", () => {
  it("gather what belongs together, over batches, once when a batch is written twice", async () => {
    const second = { ...EMPTY, anomalies: [anAnomaly(2), anAnomaly(3, { templateId: "t2", score: 0.99 })] };
    await store.saveBatch({ ...EMPTY, anomalies: [anAnomaly(1), anAnomaly(9_000)] });
    await store.saveBatch(second);
    await store.saveBatch(second);
    const incidents = await store.incidents({}, PAGE);
    expect(incidents.map(({ id, anomalies, strongestId }) => [id, anomalies, strongestId])).toEqual([
      [idOf(9_000), 1, idOf(9_000)],
      [idOf(1), 3, idOf(3)],
    ]);
    expect(await store.incidentsById([idOf(1), "none"])).toEqual([incidents[1]]);
    expect((await store.anomaly(idOf(3)))?.incidentId).toBe(idOf(1));
  });

  it("are paged by their id, newest first, and narrowed by what is in them", async () => {
    const anomalies = [0, 1, 2, 3].map((i) =>
      anAnomaly(i * 1_000 + 1, { service: i === 3 ? "auth" : "shop", body: `order ${i}` }),
    );
    await store.saveBatch({ ...EMPTY, anomalies });
    const ids = async (...args: Parameters<Store["incidents"]>) =>
      (await store.incidents(...args)).map(({ id }) => id);
    expect(await ids({}, { first: 2 })).toEqual([idOf(3_001), idOf(2_001)]);
    expect(await ids({}, { first: 9, after: idOf(2_001) })).toEqual([idOf(1_001), idOf(1)]);
    expect(await ids({ service: "auth" }, PAGE)).toEqual([idOf(3_001)]);
    expect(await ids({ text: "ORDER 1" }, PAGE)).toEqual([idOf(1_001)]);
    await label("f1", 1, true);
    expect(await ids({ verdict: "confirmed" }, PAGE)).toEqual([idOf(1)]);
    expect(await store.feedbackForIncidents([idOf(1), idOf(1_001)])).toMatchObject([
      { incidentId: idOf(1), anomalyId: idOf(1), author: "ann" },
    ]);
  });

  it("are unlabelled only where nothing stands of any of their anomalies, and labelled where it does of one", async () => {
    const other = { templateId: "t2", body: "disk full" };
    await store.saveBatch({
      ...EMPTY,
      anomalies: [anAnomaly(1), anAnomaly(2, other), anAnomaly(1_001), anAnomaly(1_002, other)],
      samples: [sample("odd 1 shop", 3)],
    });
    await label("f0", 3, true);
    const ids = async (...filter: Parameters<Store["incidents"]>[0][]) =>
      (await store.incidents(Object.assign({}, ...filter), PAGE)).map(({ id }) => id);
    const unlabelled = { verdict: "unlabelled" } as const;
    expect(await ids(unlabelled)).toEqual([idOf(1_001), idOf(1)]);
    await label("f1", 2, true);
    await label("f2", 2, false);
    expect(await ids(unlabelled)).toEqual([idOf(1_001)]);
    expect(await ids(unlabelled, { text: "disk" })).toEqual([idOf(1_001)]);
    expect(await ids(unlabelled, { text: "nothing" })).toEqual([]);
    expect(await ids(unlabelled, { incidentId: idOf(1) })).toEqual([]);
    expect(await ids(unlabelled, { incidentId: idOf(1_001) })).toEqual([idOf(1_001)]);
    expect(await ids({ verdict: "expected" })).toEqual([idOf(1)]);
    expect(await ids({ verdict: "confirmed" })).toEqual([]);
    await store.undoFeedback("f1", 2, "ann");
    await store.undoFeedback("f2", 2, "ann");
    expect(await ids(unlabelled)).toEqual([idOf(1_001), idOf(1)]);
  });
});

describe("samples", () => {
  it("are no anomalies, but are read by their id, and compared with", async () => {
    await store.saveBatch({ ...EMPTY, samples: [sample("usual t1 shop", 1), sample("odd 1 shop", 2)] });
    expect(await store.anomalies({}, PAGE)).toEqual([]);
    expect(await store.countAnomalies({})).toBe(0);
    expect((await store.anomaliesSince({ revision: 0, id: undefined }, 9)).anomalies).toEqual([]);
    expect(await store.incidents({}, PAGE)).toEqual([]);
    expect(await store.anomaly(idOf(1))).toMatchObject({ isAlert: false, incidentId: undefined });
    expect(await store.normalWindows("shop", 9)).toEqual([{ timeMs: 1_000, window: anAnomaly(1).window }]);
    expect(await store.normalWindows("auth", 9)).toEqual([]);
  });

  it("that are near misses give way to odder ones alone", async () => {
    await store.saveBatch({ ...EMPTY, samples: [sample("odd 1 shop", 1, 0.84)] });
    await store.saveBatch({ ...EMPTY, samples: [sample("odd 1 shop", 2, 0.55)] });
    expect((await store.anomaliesById([1, 2].map(idOf))).map(({ id }) => id)).toEqual([idOf(1)]);
    await store.saveBatch({ ...EMPTY, samples: [sample("odd 1 shop", 3, 0.86)] });
    expect((await store.anomaliesById([1, 2, 3].map(idOf))).map(({ id }) => id)).toEqual([idOf(3)]);
  });

  it("take each other's place, unless somebody has ever labelled it", async () => {
    await store.saveBatch({ ...EMPTY, samples: [sample("usual t1 shop", 1), sample("usual t2 shop", 2)] });
    await label("f1", 2, false);
    await store.undoFeedback("f1", 2, "ann");
    await store.saveBatch({ ...EMPTY, samples: [sample("usual t1 shop", 3), sample("usual t2 shop", 4)] });
    const kept = await store.anomaliesById([1, 2, 3, 4].map(idOf));
    expect(kept.map(({ id }) => id).sort()).toEqual([idOf(2), idOf(3)]);
  });

  it("that somebody called a true anomaly are no example of what is normal", async () => {
    await store.saveBatch({ ...EMPTY, samples: [sample("usual t1 shop", 1)] });
    await label("f1", 1, true);
    expect(await store.normalWindows("shop", 9)).toEqual([]);
    await store.undoFeedback("f1", 2, undefined);
    expect(await store.normalWindows("shop", 9)).toHaveLength(1);
  });

  it("are bounded in number: the oldest go, those with labels stay", async () => {
    const samples = [1, 2, 3, 4, 5].map((number) => sample(`odd ${number} shop`, number));
    await store.saveBatch({ ...EMPTY, samples, anomalies: [anAnomaly(6)] });
    await label("f1", 1, true);
    await store.expire({ ...keptSince(0), samplesMax: 2 });
    const kept = await store.anomaliesById([1, 2, 3, 4, 5, 6].map(idOf));
    expect(kept.map(({ id }) => id).sort()).toEqual([1, 4, 5, 6].map(idOf));
  });
});

describe("what people say", () => {
  beforeEach(() =>
    store.saveBatch({
      ...EMPTY,
      anomalies: [anAnomaly(1), anAnomaly(2, { templateId: "t2" }), anAnomaly(3, { service: "auth" })],
      samples: [sample("odd 1 shop", 4)],
    }),
  );

  it("narrows the list by the last word on each", async () => {
    await label("f1", 1, true);
    await label("f2", 1, false);
    await label("f3", 2, true);
    const ids = async (verdict: "unlabelled" | "confirmed" | "expected") =>
      (await store.anomalies({ verdict }, PAGE)).map(({ id }) => id);
    expect(await ids("confirmed")).toEqual([idOf(2)]);
    expect(await ids("expected")).toEqual([idOf(1)]);
    expect(await ids("unlabelled")).toEqual([idOf(3)]);
    await store.undoFeedback("f2", 2, "bob");
    expect(await ids("confirmed")).toEqual([idOf(2), idOf(1)]);
  });

  it("is counted by service and template, and what is left to label is listed, samples too", async () => {
    await label("f1", 1, true);
    await label("f2", 2, true);
    await label("f3", 2, false);
    const counts = await store.labelCounts(undefined);
    expect(counts.toSorted((a, b) => (a.templateId < b.templateId ? -1 : 1))).toEqual([
      { service: "shop", templateId: "t1", confirmed: 1, expected: 0 },
      { service: "shop", templateId: "t2", confirmed: 0, expected: 1 },
    ]);
    expect(await store.labelCounts("auth")).toEqual([]);
    expect((await store.labellingCandidates(undefined, 9)).map(({ id }) => id)).toEqual([idOf(4), idOf(3)]);
    expect(await store.labellingCandidates("shop", 9)).toEqual([
      { id: idOf(4), service: "shop", templateId: "t1", score: 0.8, threshold: 0.85, similar: 1 },
    ]);
  });

  it("of a flood the newest 20 are left to label, and the others are counted; what is rare comes with them", async () => {
    const flood = Array.from({ length: 50 }, (_, i) => anAnomaly(100 + i, { templateId: "flood" }));
    await store.saveBatch({ ...EMPTY, anomalies: flood });
    const candidates = await store.labellingCandidates(undefined, 1_000);
    const ofFlood = candidates.filter(({ templateId }) => templateId === "flood");
    expect(ofFlood.map(({ id }) => id)).toEqual(Array.from({ length: 20 }, (_, i) => idOf(149 - i)));
    expect(new Set(ofFlood.map(({ similar }) => similar))).toEqual(new Set([50]));
    expect((await store.labellingCandidates(undefined, 4)).map(({ id }) => id)).toEqual(
      [149, 4, 3, 2].map(idOf),
    );
  });

  it("is given to all of several or to none", async () => {
    const given = (id: string, anomalyId: string) => ({
      id,
      anomalyId,
      isTrueAnomaly: true,
      note: undefined,
      author: "ann",
      createdAtMs: 1,
    });
    expect(await store.addFeedback(given("f1", idOf(1)), given("f2", idOf(2)), given("f3", "none"))).toBe(
      false,
    );
    await expect(store.addFeedback(given("f1", idOf(1)), given("f1", idOf(2)))).rejects.toThrow();
    expect(await store.feedbackFor([idOf(1), idOf(2)])).toEqual([]);
    expect(await store.addFeedback(given("f1", idOf(1)), given("f2", idOf(2)))).toBe(true);
    expect((await store.feedbackFor([idOf(1), idOf(2)])).map(({ id }) => id)).toEqual(["f1", "f2"]);
  });

  it("takes the place of what it replaces, in the same step or not at all", async () => {
    await label("f1", 1, false);
    await label("f2", 2, false);
    const given = (id: string, anomalyId: string) => ({
      id,
      anomalyId,
      isTrueAnomaly: true,
      note: undefined,
      author: "bob",
      createdAtMs: 2,
      replaces: ["f1", "f2", "none"],
    });
    expect(await store.addFeedback(given("f3", idOf(1)), given("f4", "none"))).toBe(false);
    expect((await store.feedbackFor([idOf(1), idOf(2)])).map(({ id }) => id)).toEqual(["f1", "f2"]);
    expect(await store.addFeedback(given("f3", idOf(1)))).toBe(true);
    expect((await store.feedbackFor([idOf(1), idOf(2)])).map(({ id }) => id)).toEqual(["f3"]);
    expect(await store.feedbackFor([idOf(1), idOf(2)], true)).toMatchObject([
      { id: "f1", undoneAtMs: 2, undoneBy: "bob" },
      { id: "f2", undoneAtMs: 2, undoneBy: "bob" },
      { id: "f3", undoneAtMs: undefined },
    ]);
  });

  it("keeps its anomaly longer than others", async () => {
    await label("f1", 1, true);
    await store.expire({ beforeMs: 10_000, labelledBeforeMs: 0, samplesMax: 9 });
    expect((await store.anomalies({}, PAGE)).map(({ id }) => id)).toEqual([idOf(1)]);
    expect(await store.labelledScores("shop")).toHaveLength(1);
    expect((await store.incidents({}, PAGE)).map(({ id }) => id)).toEqual([idOf(1)]);
    await store.expire(keptSince(10_000));
    expect(await store.incidents({}, PAGE)).toEqual([]);
    expect(await store.labelledScores("shop")).toEqual([]);
  });
});

describe("scores by the hour", () => {
  const minute = (minuteMs: number, bucket: number, count: number, service = "shop") => ({
    service,
    minuteMs,
    counts: Array.from({ length: SCORE_BUCKETS }, (_, i) => (i === bucket ? count : 0)),
    anomalies: 1,
    maxScore: bucket / SCORE_BUCKETS,
  });

  it("add up what came by the minute", async () => {
    await store.saveBatch({ ...EMPTY, histograms: [minute(0, 3, 5), minute(60_000, 7, 1)] });
    await store.saveBatch({
      ...EMPTY,
      histograms: [minute(60_000, 3, 2), minute(HOUR_MS, 9, 1), minute(0, 1, 1, "auth")],
    });
    const hours = await store.scoreHours(["shop"], 0, 2 * HOUR_MS);
    expect(hours.map(({ minuteMs, anomalies, maxScore }) => [minuteMs, anomalies, maxScore])).toEqual([
      [0, 3, 7 / SCORE_BUCKETS],
      [HOUR_MS, 1, 9 / SCORE_BUCKETS],
    ]);
    expect([hours[0]?.counts[3], hours[0]?.counts[7]]).toEqual([7, 1]);
    expect(await store.scoreHours(undefined, 0, HOUR_MS)).toHaveLength(2);
  });

  it("and the minutes around them are the totals of any time", async () => {
    const minutes = Array.from({ length: 300 }, (_, i) => minute(i * 60_000, i % SCORE_BUCKETS, 1));
    await store.saveBatch({ ...EMPTY, histograms: minutes });
    for (const [from, to] of [
      [0, 300],
      [1, 299],
      [70, 110],
      [59, 61],
      [60, 120],
      [61, 62],
      [500, 600],
    ] as const) {
      const totals = await store.scoreTotals("shop", from * 60_000, to * 60_000);
      const wanted = minutes.filter(({ minuteMs }) => minuteMs >= from * 60_000 && minuteMs < to * 60_000);
      const sum = totals.counts.reduce((a, b) => a + b, 0);
      expect([from, to, sum]).toEqual([from, to, wanted.length]);
      expect([totals.firstMinuteMs, totals.lastMinuteMs]).toEqual([
        wanted[0]?.minuteMs,
        wanted.at(-1)?.minuteMs,
      ]);
    }
  });
});

describe("the history of a threshold", () => {
  const manual = (value: number, fields: Partial<ThresholdSetting> = {}): ThresholdSetting => ({
    service: "shop",
    mode: "manual",
    value,
    alertsPerDay: undefined,
    author: "ann",
    ...fields,
  });

  it("tells who changed it to what, newest first", async () => {
    await store.setThreshold(manual(0.9), 5);
    await store.setThreshold({ ...manual(0.9), mode: "auto", value: undefined, author: "bob" }, 6);
    const changes = await store.thresholdChanges("shop", PAGE);
    expect(changes).toMatchObject([
      { mode: "auto", author: "bob", atMs: 6, value: undefined, revertOf: undefined },
      { mode: "manual", author: "ann", atMs: 5, value: 0.9 },
    ]);
    expect(await store.thresholdChange(changes[1]?.id ?? "")).toEqual(changes[1]);
    expect(await store.thresholdChanges("shop", { first: 1, after: changes[0]?.id })).toEqual([changes[1]]);
    expect((await store.threshold("shop"))?.changeId).toBe(changes[0]?.id);
    expect(await store.thresholdChanges("auth", PAGE)).toEqual([]);
  });

  it("lets of two people who saw the same only one change it", async () => {
    const other = await openStore(database.settings);
    const both = await Promise.all([
      store.setThreshold(manual(0.9, { basedOn: null }), 5),
      other.setThreshold(manual(0.95, { basedOn: null, author: "bob" }), 5),
    ]);
    await other.close();
    expect(both.filter((threshold) => threshold !== undefined)).toHaveLength(1);
    const [first, ...rest] = await store.thresholdChanges("shop", PAGE);
    expect(rest).toEqual([]);
    expect(await store.setThreshold(manual(0.8, { basedOn: first?.id ?? null }), 7)).toMatchObject({
      value: 0.8,
    });
    expect(await store.setThreshold(manual(0.7, { basedOn: first?.id ?? null }), 8)).toBeUndefined();
    expect(await store.threshold("shop")).toMatchObject({ value: 0.8 });
  });
});
