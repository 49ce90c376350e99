import fc from "fast-check";
import { afterEach, beforeEach, expect, it } from "vitest";
import { z } from "zod";
import { SCORE_BUCKETS, type StageStatus } from "../../store/store.ts";
import { anAnomaly, idOf } from "../store-contract/an-anomaly.ts";
import { type ApiUnderTest, NOTHING, SHOP, startApiUnderTest } from "./start-api.ts";

let under: ApiUnderTest;
beforeEach(async () => {
  under = await startApiUnderTest();
});
afterEach(() => under.close());

/** For so long more a heartbeat from ahead is new, however long a test takes. */
const AHEAD_MS = 600_000;

const heartbeat = (updatedAtMs: number): StageStatus => ({
  instance: "logbert",
  version: "1.2.3",
  modelVersion: "m1",
  startedAtMs: updatedAtMs - 60_000,
  updatedAtMs,
  recordsPerSecond: 7,
  forwardEndpoint: undefined,
  forwardState: "sink",
  scoring: { state: "shedding", unscoredRatio: 0.5, degradedRatio: 0.25 },
  labels: 40,
  detectorWeights: [{ detector: "ngram", weight: 1.5 }],
  canary: {
    state: "collapsed",
    recallRatio: 0.25,
    falseAlarmRatio: 0,
    checkedAtMs: 2_000,
    collapsedAtMs: 1_000,
  },
});

it("is empty before the stage has written anything, and says so", async () => {
  const { data } = await under.ask(
    "{ anomalies { totalCount nodes { id } pageInfo { endCursor } } services { name } templates { nodes { id } } status { model database } }",
  );
  expect(data).toEqual({
    anomalies: { totalCount: 0, nodes: [], pageInfo: { endCursor: null } },
    services: [],
    templates: { nodes: [] },
    status: { model: "starting", database: "ok" },
  });
});

it("pages through anomalies newest first, each once, and counts them, while more arrive", async () => {
  await under.stage.saveBatch({ ...SHOP, anomalies: Array.from({ length: 23 }, (_, i) => anAnomaly(i)) });
  const page = z.object({
    anomalies: z.object({
      totalCount: z.int(),
      edges: z.array(z.object({ node: z.object({ id: z.string() }) })),
      pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
    }),
  });
  let newest = 22;
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 25 }), async (first) => {
      const begin = newest;
      const seen: string[] = [];
      let after: string | null = null;
      do {
        const { data } = await under.ask(
          "query ($first: Int, $after: String) { anomalies(first: $first, after: $after) { totalCount edges { node { id } } pageInfo { hasNextPage endCursor } } }",
          { first, after },
        );
        const { anomalies } = page.parse(data);
        expect(anomalies.totalCount).toBe(newest + 1);
        seen.push(...anomalies.edges.map(({ node }) => node.id));
        after = anomalies.pageInfo.hasNextPage ? anomalies.pageInfo.endCursor : null;
        newest += 1;
        await under.stage.saveBatch({ ...NOTHING, anomalies: [anAnomaly(newest)] });
      } while (after !== null);
      expect(seen).toEqual(Array.from({ length: begin + 1 }, (_, i) => idOf(begin - i)));
    }),
    { numRuns: 8 },
  );
});

it("narrows anomalies by every field of the filter", async () => {
  await under.stage.saveBatch({
    ...SHOP,
    anomalies: [
      anAnomaly(1),
      anAnomaly(2, { service: "other", score: 0.99, templateId: "t2", body: "Disk FULL", traceId: "ab" }),
    ],
  });
  for (const filter of [
    { service: "other" },
    { from: "1970-01-01T00:00:02Z" },
    { from: "1970-01-01T01:00:02+01:00", to: "1970-01-01T00:00:03Z" },
    { minScore: 0.95 },
    { templateId: "t2" },
    { traceId: "ab" },
    { text: "disk full" },
  ]) {
    const { data } = await under.ask(
      "query ($filter: AnomalyFilter) { anomalies(filter: $filter) { nodes { id } } }",
      { filter },
    );
    expect(data, JSON.stringify(filter)).toEqual({ anomalies: { nodes: [{ id: idOf(2) }] } });
  }
});

it("tells everything of an anomaly, and null for an unknown one", async () => {
  const { explanation } = anAnomaly(1);
  const facts = ["Never seen in 120 records of shop, which have 4 different messages."];
  await under.stage.saveBatch({
    ...SHOP,
    anomalies: [anAnomaly(1, { explanation: { ...explanation, facts } }), anAnomaly(2)],
  });
  const { data } = await under.ask(
    `{ older: anomaly(id: "${idOf(2)}") { explanation { facts } }
       anomaly(id: "${idOf(1)}") { id time service severity body template score threshold modelVersion traceId
       explanation { summary facts source tokens { token importance start end } expected { template probability } detectors { detector pValue share } llm { text model } }
       window { time template severity isSubject } feedback { id } } none: anomaly(id: "x") { id } }`,
  );
  expect(data).toEqual({
    none: null,
    older: { explanation: { facts: [] } },
    anomaly: {
      id: idOf(1),
      time: "1970-01-01T00:00:01.000Z",
      service: "shop",
      severity: "ERROR",
      body: "payment of <NUM> failed",
      template: "payment of <NUM> failed",
      score: 0.9,
      threshold: 0.85,
      modelVersion: "logbert-s-1",
      traceId: "0af7651916cd43dd8448eb211c80319c",
      explanation: {
        summary: "An event that was not expected here.",
        facts,
        source: "MODEL",
        tokens: [],
        expected: [
          { template: "payment of <NUM> done", probability: 0.9 },
          { template: null, probability: 0.1 },
        ],
        detectors: [{ detector: "ngram", pValue: 0.001, share: 1 }],
        llm: null,
      },
      window: [
        {
          time: "1970-01-01T00:00:01.000Z",
          template: "payment of <NUM> failed",
          severity: "ERROR",
          isSubject: true,
        },
      ],
      feedback: [],
    },
  });
});

it("tells of services and templates, with counts beyond 32 bits", async () => {
  const records = 5_000_000_000;
  await under.stage.saveBatch({
    ...SHOP,
    services: [{ name: "shop", records, anomalies: 1, learningState: "learning", lastSeenMs: 5_000 }],
    templates: [
      { id: "t1", service: "shop", text: "a <*>", count: records, firstSeenMs: 1, lastSeenMs: 2 },
      { id: "t2", service: "other", text: "b <*>", count: 1, firstSeenMs: 1, lastSeenMs: 2 },
    ],
  });
  const { data } = await under.ask(
    `{ services { name records anomalies learningState threshold { mode value alertsPerDay } lastSeen }
       threshold(service: "shop") { service mode value }
       templates(service: "shop") { nodes { id text count service firstSeen lastSeen } }
       first: templates(first: 1) { nodes { id } pageInfo { hasNextPage hasPreviousPage } } }`,
  );
  expect(data).toEqual({
    services: [
      {
        name: "shop",
        records,
        anomalies: 1,
        learningState: "LEARNING",
        threshold: { mode: "AUTO", value: 0.9, alertsPerDay: null },
        lastSeen: "1970-01-01T00:00:05.000Z",
      },
    ],
    threshold: { service: "shop", mode: "AUTO", value: 0.9 },
    templates: {
      nodes: [
        {
          id: "t1",
          text: "a <*>",
          count: records,
          service: "shop",
          firstSeen: "1970-01-01T00:00:00.001Z",
          lastSeen: "1970-01-01T00:00:00.002Z",
        },
      ],
    },
    first: { nodes: [{ id: "t2" }], pageInfo: { hasNextPage: true, hasPreviousPage: false } },
  });
});

it("adds scores up over hours, and tries thresholds on them and on the last word of the feedback", async () => {
  const counts = (at: number, count: number) =>
    Array.from({ length: SCORE_BUCKETS }, (_, i) => (i === at ? count : 0));
  const hour = 60 * 60_000;
  await under.stage.saveBatch({
    ...SHOP,
    anomalies: [anAnomaly(1, { score: 0.95 }), anAnomaly(2, { score: 0.91 }), anAnomaly(3, { score: 0.97 })],
    histograms: [
      { service: "shop", minuteMs: 0, counts: counts(180, 4), anomalies: 2, maxScore: 0.91 },
      { service: "shop", minuteMs: 5 * hour, counts: counts(190, 3e9), anomalies: 1, maxScore: 0.96 },
      { service: "other", minuteMs: 0, counts: counts(199, 1), anomalies: 1, maxScore: 1 },
    ],
  });
  const judge = async (id: string, anomaly: number, isTrueAnomaly: boolean) =>
    under.stage.addFeedback({
      id,
      anomalyId: idOf(anomaly),
      isTrueAnomaly,
      note: undefined,
      author: undefined,
      createdAtMs: 1,
    });
  await judge("f1", 1, true);
  await judge("f2", 2, true);
  await judge("f3", 3, true);
  await judge("f4", 3, false);
  const span = 'from: "1970-01-01T00:00:00Z", to: "1970-01-01T06:00:00Z"';
  const { data } = await under.ask(
    `{ one: scoreSeries(service: "shop", ${span}, buckets: 2) { from to records anomalies maxScore meanScore }
       all: scoreSeries(${span}, buckets: 1) { records }
       low: thresholdPreview(service: "shop", value: 0.9, ${span}) { alerts precision recall missed { id } }
       high: thresholdPreview(service: "shop", value: 0.95, ${span}) { alerts precision recall missed { id } }
       now: thresholdPreview(service: "shop", value: 0.9) { alerts alertsPerDay precision recall missed { id } } }`,
  );
  expect(data).toEqual({
    one: [
      {
        from: "1970-01-01T00:00:00.000Z",
        to: "1970-01-01T03:00:00.000Z",
        records: 4,
        anomalies: 2,
        maxScore: 0.91,
        meanScore: 0.9025,
      },
      {
        from: "1970-01-01T03:00:00.000Z",
        to: "1970-01-01T06:00:00.000Z",
        records: 3e9,
        anomalies: 1,
        maxScore: 0.96,
        meanScore: 0.9525,
      },
    ],
    all: [{ records: 3_000_000_005 }],
    low: { alerts: 3_000_000_004, precision: 2 / 3, recall: 1, missed: [] },
    high: { alerts: 3e9, precision: 1 / 2, recall: 1 / 2, missed: [{ id: idOf(2) }] },
    now: { alerts: 0, alertsPerDay: 0, precision: null, recall: null, missed: [] },
  });
});

it("tells of several stages as of one, of each by itself, and is ready when its own stage is", async () => {
  const nowMs = Date.now();
  const aheadMs = nowMs + AHEAD_MS;
  const worse: StageStatus = { ...heartbeat(aheadMs), instance: "b", forwardState: "refusing" };
  const better: StageStatus = {
    ...heartbeat(aheadMs),
    instance: "a",
    modelVersion: "m2",
    scoring: { state: "scoring", unscoredRatio: 0, degradedRatio: 0 },
    canary: { state: "well", recallRatio: 1, falseAlarmRatio: 0 },
  };
  const silent: StageStatus = { ...better, instance: "c", updatedAtMs: nowMs - 20_000 };
  const stopped: StageStatus = { ...better, instance: "d", hasStopped: true };
  for (const status of [better, worse, silent, stopped]) await under.stage.saveBatch({ ...NOTHING, status });
  expect((await under.raw("/readyz")).status).toBe(503);
  const { data } = await under.ask(
    "{ status { recordsPerSecond forwardState scoring unscoredRatio database canary { state } stages { instance model isRunning recordsPerSecond scoring canaryState } } }",
  );
  const stage = {
    model: "m2",
    isRunning: true,
    recordsPerSecond: 7,
    scoring: "SCORING",
    canaryState: "WELL",
  };
  const gone = {
    ...stage,
    isRunning: false,
    recordsPerSecond: 0,
    scoring: "UNKNOWN",
    canaryState: "UNKNOWN",
  };
  expect(data).toEqual({
    status: {
      recordsPerSecond: 14,
      forwardState: "REFUSING",
      scoring: "SHEDDING",
      unscoredRatio: 0.5,
      database: "ok",
      canary: { state: "COLLAPSED" },
      stages: [
        { ...stage, instance: "a" },
        { ...stage, instance: "b", model: "m1", scoring: "SHEDDING", canaryState: "COLLAPSED" },
        { ...gone, instance: "c" },
        { ...gone, instance: "d" },
      ],
    },
  });
  await under.stage.saveBatch({
    ...NOTHING,
    status: { ...better, instance: "logbert", modelVersion: "own" },
  });
  expect((await under.raw("/readyz")).status).toBe(200);
  expect((await under.ask("{ status { model } }")).data).toEqual({ status: { model: "own" } });
});

it("tells how the stage is, and is ready with a heartbeat of this run that is not old", async () => {
  expect((await under.raw("/livez")).status).toBe(200);
  expect((await under.raw("/readyz")).status).toBe(503);
  const status =
    "{ status { version model recordsPerSecond forwardState forwardEndpoint database scoring unscoredRatio degradedRatio labels detectorWeights { detector weight } canary { state recallRatio falseAlarmRatio checkedAt collapsedAt } } }";
  const told = {
    version: "1.2.3",
    model: "m1",
    forwardState: "SINK",
    forwardEndpoint: null,
    labels: 40,
    detectorWeights: [{ detector: "ngram", weight: 1.5 }],
  };

  await under.stage.saveBatch({ ...NOTHING, status: heartbeat(Date.now() - 20_000) });
  expect((await under.raw("/readyz")).status).toBe(503);
  expect((await under.ask(status)).data).toEqual({
    status: {
      ...told,
      recordsPerSecond: 0,
      database: "stale",
      scoring: "UNKNOWN",
      unscoredRatio: 0,
      degradedRatio: 0,
      canary: {
        state: "UNKNOWN",
        recallRatio: null,
        falseAlarmRatio: null,
        checkedAt: null,
        collapsedAt: null,
      },
    },
  });

  await under.stage.saveBatch({ ...NOTHING, status: heartbeat(Date.now() + AHEAD_MS) });
  expect((await under.raw("/readyz", { host: "10.0.0.7:4000" })).status).toBe(200);
  expect((await under.ask(status)).data).toEqual({
    status: {
      ...told,
      recordsPerSecond: 7,
      database: "ok",
      scoring: "SHEDDING",
      unscoredRatio: 0.5,
      degradedRatio: 0.25,
      canary: {
        state: "COLLAPSED",
        recallRatio: 0.25,
        falseAlarmRatio: 0,
        checkedAt: "1970-01-01T00:00:02.000Z",
        collapsedAt: "1970-01-01T00:00:01.000Z",
      },
    },
  });
});
