import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { JOURNAL_KEPT_MS } from "../../store/memory.ts";
import { openStore } from "../../store/open-store.ts";
import { SCORE_BUCKETS, type Store } from "../../store/store.ts";
import { type TestDatabase, testDatabase } from "../helpers/test-database.ts";
import { anAnomaly, idOf } from "./an-anomaly.ts";
import { EMPTY } from "./empty-batch.ts";
import { failureOf } from "./failure-of.ts";
import { keptSince } from "./kept-since.ts";

let database: TestDatabase;
let store: Store;
const HOUR_MS = 3_600_000;
const others: Store[] = [];
beforeEach(async () => {
  database = await testDatabase();
  store = await openStore(database.settings);
});
afterEach(async () => {
  await store.close();
  for (const other of others.splice(0)) await other.close();
});

describe("a database that cannot be used", () => {
  it("is refused when a newer program has written it", async () => {
    await database.run("insert into kysely_migration (name, timestamp) values ('9999-from-the-future', 'x')");
    const error = await failureOf(openStore(database.settings));
    expect(error.code).toBe("newer-schema");
    expect(error.message).toContain("9999-from-the-future");
  });

  it("tells about damaged rows instead of passing them on", async () => {
    await store.saveBatch({ ...EMPTY, anomalies: [anAnomaly(1)] });
    await database.run("update anomalies set explanation = '{}'");
    const error = await failureOf(store.anomaly(idOf(1)));
    expect(error.code).toBe("corrupt");
    expect(error.message).toContain("anomalies.explanation");
  });

  it("fails every call after it was closed", async () => {
    await store.close();
    expect((await failureOf(store.services())).message).toContain("closed");
    store = await openStore(database.settings);
  });
});

describe("anomalies", () => {
  it("come back as they were saved, and once when a batch is written twice", async () => {
    const anomaly = anAnomaly(1, { traceId: undefined });
    await store.saveBatch({ ...EMPTY, anomalies: [anomaly] });
    await store.saveBatch({ ...EMPTY, anomalies: [anomaly] });
    expect(await store.anomaly(anomaly.id)).toEqual({
      ...anomaly,
      isAlert: true,
      incidentId: anomaly.id,
    });
    expect(await store.countAnomalies({})).toBe(1);
    expect(await store.anomaly("none")).toBeUndefined();
  });

  it("page through everything exactly once, newest first, whatever the page size", async () => {
    const anomalies = Array.from({ length: 57 }, (_, i) => anAnomaly(i));
    await store.saveBatch({ ...EMPTY, anomalies });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 60 }), async (first) => {
        const seen: string[] = [];
        for (let after: string | undefined; ; ) {
          const page = await store.anomalies({}, { first, after });
          seen.push(...page.map(({ id }) => id));
          if (page.length < first) break;
          after = page.at(-1)?.id;
        }
        expect(seen).toEqual(anomalies.map(({ id }) => id).reverse());
      }),
      { numRuns: 15 },
    );
  });

  it("are filtered by each field, and text is no pattern", async () => {
    await store.saveBatch({
      ...EMPTY,
      anomalies: [
        anAnomaly(1, { service: "cart", score: 0.9, body: "100% lost_it" }),
        anAnomaly(2, { service: "shop", score: 0.99, templateId: "t9", traceId: "f".repeat(32) }),
      ],
    });
    const idsFor = async (filter: Parameters<Store["anomalies"]>[0]) =>
      (await store.anomalies(filter, { first: 10 })).map(({ id }) => id);
    expect(await idsFor({ service: "cart" })).toEqual([idOf(1)]);
    expect(await idsFor({ minScore: 0.95 })).toEqual([idOf(2)]);
    expect(await idsFor({ templateId: "t9" })).toEqual([idOf(2)]);
    expect(await idsFor({ traceId: "f".repeat(32) })).toEqual([idOf(2)]);
    expect(await idsFor({ fromMs: 2_000 })).toEqual([idOf(2)]);
    expect(await idsFor({ toMs: 2_000 })).toEqual([idOf(1)]);
    expect(await idsFor({ text: "100% LOST_" })).toEqual([idOf(1)]);
    expect(await idsFor({ text: "lost%it" })).toEqual([]);
    expect(await idsFor({ text: "PAYMENT OF <num>" })).toEqual([idOf(2), idOf(1)]);
  });

  it.each(["ÄRGER mit Straße", "Ärger", "äRGER", "ärger MIT", "MIT stra", "ΟΔΟΣ", "οδος", "İ", "ﬁ"])(
    "are found by %s, whatever the case and the alphabet",
    async (text) => {
      await store.saveBatch({
        ...EMPTY,
        anomalies: [
          anAnomaly(1, { body: "x ÄRGER mit Straße ΟΔΟΣΑ İ ﬁ" }),
          anAnomaly(2, { template: "ärger mit STRASSE οδος i̇ İ FI <NUM>", body: "" }),
          anAnomaly(3),
        ],
      });
      const found = await store.anomalies({ text }, { first: 10 });
      expect(found.map(({ id }) => id)).toContain(idOf(1));
      expect(found.map(({ id }) => id)).not.toContain(idOf(3));
      expect((await store.incidents({ text }, { first: 10 })).length).toBe(1);
    },
  );
});

describe("feedback", () => {
  beforeEach(() => store.saveBatch({ ...EMPTY, anomalies: [anAnomaly(1), anAnomaly(2)] }));
  const feedback = {
    id: "f1",
    anomalyId: idOf(1),
    isTrueAnomaly: true,
    note: "disk",
    author: undefined,
    createdAtMs: 5,
  };

  it("is not taken for an anomaly that does not exist", async () => {
    expect(await store.addFeedback({ ...feedback, anomalyId: "none" })).toBe(false);
    expect(await store.feedbackFor(["none"])).toEqual([]);
  });

  it("is served until it is undone, once", async () => {
    await store.addFeedback(feedback);
    expect(await store.feedbackFor([idOf(1), idOf(2)])).toEqual([feedback]);
    expect(await store.labelledScores("shop")).toEqual([
      { anomalyId: idOf(1), score: 0.9, isTrueAnomaly: true },
    ]);
    expect((await store.anomalies({ verdict: "confirmed" }, { first: 9 })).map(({ id }) => id)).toEqual([
      idOf(1),
    ]);
    expect(await store.undoFeedback("f1", 6, "ann")).toBe(true);
    expect(await store.undoFeedback("f1", 7, "bob")).toBe(false);
    expect(await store.feedbackFor([idOf(1)])).toEqual([]);
    expect(await store.feedbackFor([idOf(1)], true)).toEqual([
      { ...feedback, undoneAtMs: 6, undoneBy: "ann" },
    ]);
    expect(await store.labelledScores("shop")).toEqual([]);
  });
});

describe("statistics", () => {
  const counts = (bucket: number, count: number) =>
    Array.from({ length: SCORE_BUCKETS }, (_, i) => (i === bucket ? count : 0));

  it("add up over batches", async () => {
    const service = {
      name: "shop",
      records: 10,
      anomalies: 1,
      learningState: "learning",
      lastSeenMs: 1,
    } as const;
    const template = { id: "t1", service: "shop", text: "a", count: 4, firstSeenMs: 1, lastSeenMs: 1 };
    const histogram = { service: "shop", minuteMs: 60_000, anomalies: 1, maxScore: 0.5 };
    await store.saveBatch({
      ...EMPTY,
      services: [service],
      templates: [template],
      histograms: [{ ...histogram, counts: counts(3, 5) }],
    });
    await store.saveBatch({
      ...EMPTY,
      services: [{ ...service, learningState: "ready", lastSeenMs: 9 }],
      templates: [{ ...template, text: "a <*>", firstSeenMs: 9, lastSeenMs: 9 }],
      histograms: [{ ...histogram, counts: counts(7, 2), maxScore: 0.4 }],
    });
    expect(await store.services()).toEqual([
      { name: "shop", records: 20, anomalies: 2, learningState: "ready", lastSeenMs: 9 },
    ]);
    expect(await store.templates(undefined, { first: 5 })).toEqual([
      { ...template, sequence: 1, text: "a <*>", count: 8, lastSeenMs: 9 },
    ]);
    const [stored] = await store.scoreHistograms("shop", 0, 120_000);
    expect(stored?.counts[3]).toBe(5);
    expect(stored?.counts[7]).toBe(2);
    expect(stored).toMatchObject({ anomalies: 2, maxScore: 0.5 });
    expect(await store.scoreHistograms("shop", 0, 60_000)).toEqual([]);
  });

  it("expire with the anomalies and their feedback", async () => {
    await store.saveBatch({ ...EMPTY, anomalies: [anAnomaly(1), anAnomaly(2)] });
    await store.expire(keptSince(2_000));
    expect((await store.anomalies({}, { first: 9 })).map(({ id }) => id)).toEqual([idOf(2)]);
  });
});

describe("thresholds", () => {
  const setting = {
    service: "shop",
    alertsPerDay: undefined,
    value: undefined,
    author: undefined,
  };

  it("computed by the stage move, set by a person stay", async () => {
    const computed = (value: number) =>
      store.saveBatch({ ...EMPTY, thresholds: [{ service: "shop", value }] });
    await computed(0.9);
    expect(await store.threshold("shop")).toMatchObject({ mode: "auto", value: 0.9 });
    await store.setThreshold({ ...setting, mode: "manual", value: 0.7 }, 1);
    await computed(0.95);
    expect(await store.threshold("shop")).toMatchObject({ mode: "manual", value: 0.7 });
    await store.setThreshold({ ...setting, mode: "budget", alertsPerDay: 3 }, 2);
    await computed(0.95);
    expect(await store.threshold("shop")).toMatchObject({ mode: "budget", alertsPerDay: 3, value: 0.95 });
    expect(await store.threshold("none")).toBeUndefined();
  });
});

describe("two processes", () => {
  it("see each other's writes, and the change counter tells", async () => {
    const other = await openStore(database.settings);
    others.push(other);
    const before = await other.changeCounter();
    await store.saveBatch({ ...EMPTY, anomalies: [anAnomaly(1)] });
    expect(await other.changeCounter()).not.toBe(before);
    expect(await other.countAnomalies({})).toBe(1);
  });

  it("write at the same time, and neither is told that the database is locked", async () => {
    const other = await openStore(database.settings);
    others.push(other);
    const histogram = { service: "shop", anomalies: 0, maxScore: 0.5, counts: [] };
    const saveBatch = (i: number) =>
      store.saveBatch({
        ...EMPTY,
        services: [{ name: "shop", records: 1, anomalies: 0, learningState: "ready", lastSeenMs: i }],
        histograms: [{ ...histogram, minuteMs: i * 60_000 }],
      });
    const setThreshold = (i: number) =>
      other.setThreshold(
        { service: "shop", mode: "manual", value: 0.9, alertsPerDay: undefined, author: undefined },
        i,
      );
    // Several at a time in each, and no more than it has connections: for one of these nobody waits for long.
    const writers = [0, 1, 2, 3].flatMap((writer) =>
      [saveBatch, setThreshold].map(async (write) => {
        for (let turn = 0; turn < 15; turn += 1) await write(writer * 15 + turn);
      }),
    );
    await Promise.all(writers);
    expect((await store.services())[0]?.records).toBe(60);
  });

  it("open a new database at the same time", async () => {
    const fresh = await testDatabase();
    others.push(...(await Promise.all([1, 2, 3].map(() => openStore(fresh.settings)))));
    expect(await Promise.all(others.map((one) => one.countAnomalies({})))).toEqual([0, 0, 0]);
  });

  it("a snapshot is what was written last, whole", async () => {
    await store.saveSnapshot("templates", [Buffer.from("old")], 1, 0);
    await store.saveSnapshot("templates", [Buffer.from('{"a"'), new TextEncoder().encode(":1}")], 2, 0);
    const other = await openStore(database.settings);
    others.push(other);
    expect(await other.snapshot("templates")).toEqual({ json: '{"a":1}', journaled: 0 });
    expect(await other.snapshot("none")).toBeUndefined();
  });

  it("a snapshot that holds less of the journal than the one that is there does not take its place", async () => {
    await store.saveSnapshot("templates", [Buffer.from("new")], 1, 7);
    await store.saveSnapshot("templates", [Buffer.from("old")], 2, 6);
    expect(await store.snapshot("templates")).toEqual({ json: "new", journaled: 7 });
  });

  it("the journal tells each part's news in order, and keeps for a while what a snapshot has", async () => {
    const last = await store.addToJournal(
      [
        { name: "templates", json: "1" },
        { name: "other", json: "2" },
      ],
      "one",
      0,
    );
    await store.addToJournal([{ name: "templates", json: "3" }], "another", 0);
    const told = async (name: string, after = 0) =>
      (await store.journalSince(name, after, 9)).map(({ writer, json }) => [writer, json]);
    const both = [
      ["one", "1"],
      ["another", "3"],
    ];
    expect(await told("templates")).toEqual(both);
    expect(await told("templates", last)).toEqual([["another", "3"]]);
    expect(await store.journalSince("templates", 0, 1)).toHaveLength(1);
    await store.saveSnapshot("templates", [], JOURNAL_KEPT_MS, last);
    expect(await told("templates")).toEqual(both);
    await store.saveSnapshot("templates", [], JOURNAL_KEPT_MS + 1, last);
    expect(await told("templates")).toEqual([["another", "3"]]);
    expect(await told("other")).toEqual([["one", "2"]]);
  });

  describe("the memory of a service", () => {
    const memory = (service: string, text: string, isLast = false) => ({
      service,
      json: [Buffer.from(text)],
      isLast,
    });
    /** A stage that knows what others have seen by now. */
    const holder = { writer: "one", upTo: 0, instance: "a", revision: Number.MAX_SAFE_INTEGER };
    const nothing = { json: undefined, isLast: false, news: [] };

    it("is what was saved last, for any stage that takes the service; of another one nothing is known", async () => {
      await store.saveMemories([memory("shop", "old"), memory("bank", "b")], holder, 1);
      await store.saveMemories([memory("shop", "new")], holder, 2);
      expect(await store.takeServices(["shop", "none"], "a")).toEqual([
        { ...nothing, service: "shop", json: "new" },
        { ...nothing, service: "none" },
      ]);
      expect(await store.takeServices(["shop"], "b")).toMatchObject([{ json: "new" }]);
    });

    it("is the last of its stage for the one that takes it first", async () => {
      await store.saveMemories([memory("shop", "s", true)], holder, 1);
      expect(await store.takeServices(["shop"], "a")).toMatchObject([{ isLast: true }]);
      expect(await store.takeServices(["shop"], "b")).toMatchObject([{ isLast: false }]);
    });

    it("comes with its news until it holds them, and with those of others for a while", async () => {
      const upTo = await store.addToJournal([{ name: "p", service: "shop", json: "1" }], "one", 0);
      await store.addToJournal([{ name: "p", service: "shop", json: "2" }], "two", 0);
      await store.addToJournal([{ name: "p", service: "bank", json: "3" }], "one", 0);
      const news = async () =>
        (await store.takeServices(["shop"], "a")).flatMap((one) => one.news.map(({ json }) => json));
      expect(await news()).toEqual(["1", "2"]);
      await store.saveMemories([memory("shop", "s")], { ...holder, upTo }, JOURNAL_KEPT_MS);
      expect(await news()).toEqual(["2"]);
      await store.saveMemories([memory("shop", "s")], { ...holder, upTo }, JOURNAL_KEPT_MS + 1);
      expect(await news()).toEqual([]);
      expect(await store.journalSince("p", 0, 9)).toEqual([]);
    });

    it("belongs to the stage that has seen the service last", async () => {
      await store.takeServices(["shop", "bank"], "a");
      await store.takeServices(["bank"], "b");
      expect(await store.servicesSeenBy("a")).toEqual(["shop"]);
      expect(await store.servicesSeenBy("b")).toEqual(["bank"]);
      await store.saveSightings([{ service: "bank", ageMs: 0 }], "a");
      expect(await store.servicesSeenBy("a")).toEqual(["shop", "bank"]);
      expect(await store.servicesSeenBy("b")).toEqual([]);
    });

    it("tells a stage what others have seen, each sighting once", async () => {
      await store.takeServices(["shop"], "a");
      await store.takeServices(["bank"], "b");
      const first = await store.sightingsOfOthers("a", 0);
      expect(first.sightings).toEqual([{ service: "bank", ageMs: expect.any(Number), isLatest: true }]);
      expect(await store.sightingsOfOthers("a", first.revision)).toEqual({ ...first, sightings: [] });
      await store.takeServices(["bank"], "a");
      await store.saveSightings([{ service: "bank", ageMs: HOUR_MS + 0.4 }], "b");
      const [older] = (await store.sightingsOfOthers("a", first.revision)).sightings;
      expect(older).toMatchObject({ service: "bank", isLatest: false });
      expect(older?.ageMs).toBeGreaterThanOrEqual(HOUR_MS);
      expect(older?.ageMs).toBeLessThan(2 * HOUR_MS);
    });

    it("is not replaced by a stage that does not know yet that another one has seen the service since", async () => {
      await store.takeServices(["shop", "bank"], "a");
      const { revision } = await store.sightingsOfOthers("a", 0);
      await store.takeServices(["shop"], "b");
      await store.saveMemories([memory("shop", "newer")], { ...holder, writer: "two", instance: "b" }, 1);
      const stalled = { ...holder, revision };
      const old = [memory("shop", "old"), memory("bank", "b")];
      expect(await store.saveMemories(old, stalled, 2)).toEqual(["shop"]);
      expect(await store.takeServices(["shop", "bank"], "c")).toMatchObject([
        { json: "newer" },
        { json: "b" },
      ]);
      expect(await store.saveMemories(old, holder, 3)).toEqual([]);
    });

    it("makes no poller of what people set look again", async () => {
      const before = await store.changeCounter();
      await store.takeServices(["shop"], "a");
      await store.saveMemories([memory("shop", "s")], holder, 1);
      expect(await store.changeCounter()).toBe(before);
    });

    it("is deleted when it is older than the retention", async () => {
      await store.takeServices(["shop", "bank"], "a");
      const beforeMs = Date.now() + HOUR_MS;
      await store.saveMemories([memory("shop", "s")], holder, 5);
      await store.saveMemories([memory("bank", "b")], holder, beforeMs);
      await store.expire({ beforeMs, labelledBeforeMs: beforeMs, samplesMax: 9 });
      expect(await store.servicesSeenBy("a")).toEqual([]);
      expect(await store.takeServices(["shop", "bank"], "a")).toEqual([
        { ...nothing, service: "shop" },
        { ...nothing, service: "bank", json: "b" },
      ]);
    });
  });
});
