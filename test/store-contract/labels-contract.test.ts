import { afterEach, beforeEach, expect, it } from "vitest";
import type { Anomaly } from "../../store/anomaly.ts";
import { openStore } from "../../store/open-store.ts";
import type { Page, Store } from "../../store/store.ts";
import { type TestDatabase, testDatabase } from "../helpers/test-database.ts";
import { anAnomaly, idOf } from "./an-anomaly.ts";

let database: TestDatabase;
let store: Store;
beforeEach(async () => {
  database = await testDatabase();
  store = await openStore(database.settings);
});
afterEach(() => store.close());

const save = (...anomalies: readonly Anomaly[]) =>
  store.saveBatch({
    anomalies,
    samples: [],
    histograms: [],
    services: [],
    templates: [],
    thresholds: [],
    status: undefined,
  });
/** What this program would not write. */
const alter = (statement: string) => database.run(statement);
let words = 0;
const say = async (anomaly: number, isTrueAnomaly: boolean) => {
  words += 1;
  const id = idOf(words);
  await store.addFeedback({
    id,
    anomalyId: idOf(anomaly),
    isTrueAnomaly,
    note: undefined,
    author: undefined,
    createdAtMs: words,
  });
  return id;
};
const PAGE = { first: 10 };
const told = async (page: Page<string> = PAGE) =>
  (await store.labels(page)).labels.map(({ anomalyId, isTrueAnomaly }) => [Number(anomalyId), isTrueAnomaly]);

it("are none where nobody has said anything", async () => {
  await save(anAnomaly(1));
  expect(await store.labels(PAGE)).toEqual({ labels: [], unreadable: 0, next: undefined });
});

it("hold what the verdict stood on", async () => {
  await save(anAnomaly(1));
  await say(1, false);
  expect((await store.labels(PAGE)).labels).toEqual([
    {
      anomalyId: idOf(1),
      service: "shop",
      kind: "t1",
      templateId: "t1",
      timeMs: 1_000,
      score: 0.9,
      isTrueAnomaly: false,
      detectors: [{ detector: "ngram", pValue: 0.001, ownPValue: 0.001 }],
      createdAtMs: words,
    },
  ]);
});

it("tell a detector's own p-value beside the one that earlier words had raised", async () => {
  const { explanation } = anAnomaly(1);
  const raised = { detector: "ngram", pValue: 0.5, ownPValue: 1e-9, share: 1 };
  await save(anAnomaly(1, { explanation: { ...explanation, detectors: [raised] } }));
  await say(1, false);
  const [label] = (await store.labels(PAGE)).labels;
  expect(label?.detectors).toMatchObject([{ detector: "ngram", pValue: 0.5, ownPValue: 1e-9 }]);
  expect((await store.anomaly(idOf(1)))?.explanation.detectors).toEqual([raised]);
});

it("are the latest word on each anomaly, the newest first, page by page", async () => {
  await save(anAnomaly(1), anAnomaly(2), anAnomaly(3));
  await say(1, true);
  await say(2, true);
  const last = await say(1, false);
  expect(await told()).toEqual([
    [1, false],
    [2, true],
  ]);
  const { labels, next } = await store.labels({ first: 1 });
  expect(labels.map(({ anomalyId }) => anomalyId)).toEqual([idOf(1)]);
  expect(await told({ first: 1, after: next })).toEqual([[2, true]]);
  await store.undoFeedback(last, 9, undefined);
  expect(await told()).toEqual([
    [2, true],
    [1, true],
  ]);
});

it("tell what they are about, as it was stored", async () => {
  const kinds = ["t1", "end t1", "silence t1", "silence"];
  await save(...kinds.map((kind, at) => anAnomaly(at + 1, { kind })));
  for (const at of kinds.keys()) await say(at + 1, false);
  expect((await store.labels(PAGE)).labels.map(({ kind }) => kind)).toEqual(kinds.toReversed());
  expect((await store.anomaly(idOf(3)))?.kind).toBe("silence t1");
});

it("of what an earlier version stored tell the end of a session from its events, whatever a template says", async () => {
  const context = { timeMs: 1, template: 'said "isSubject":true', templateId: "a", severityNumber: 9 };
  await save(
    anAnomaly(1, { window: [{ ...context, isSubject: false }] }),
    anAnomaly(2, {
      window: [
        { ...context, isSubject: false },
        { ...context, isSubject: true },
      ],
    }),
  );
  await say(1, false);
  await say(2, false);
  await alter("update anomalies set kind = null");
  expect((await store.labels(PAGE)).labels.map(({ kind }) => kind)).toEqual(["t1", "end t1"]);
  expect(await store.anomaly(idOf(1))).toMatchObject({ kind: "end t1", window: [{ templateId: "a" }] });
});

it("are passed over, and counted, where what the verdict stood on cannot be read", async () => {
  await save(anAnomaly(1), anAnomaly(2), anAnomaly(3));
  for (const number of [1, 2, 3]) await say(number, false);
  await alter(`update anomalies set explanation = '{"detectors":[{"detector":1}]}' where id = '${idOf(2)}'`);
  await alter(`update anomalies set explanation = '{' where id = '${idOf(3)}'`);
  expect(await told()).toEqual([[1, false]]);
  expect(await store.labels({ first: 2 })).toMatchObject({ labels: [], unreadable: 2 });
});

it("have a revision that changes with each word and each that is taken back, and with nothing else", async () => {
  const revisions = [await store.labelsRevision()];
  const changes = [
    () => say(1, true),
    () => say(1, false),
    () => store.undoFeedback(idOf(words), 5, undefined),
  ];
  await save(anAnomaly(1));
  expect(await store.labelsRevision()).toBe(revisions[0]);
  for (const change of changes) {
    await change();
    revisions.push(await store.labelsRevision());
  }
  expect(new Set(revisions).size).toBe(4);
  await store.undoFeedback(idOf(words), 6, undefined);
  await save(anAnomaly(2));
  expect(await store.labelsRevision()).toBe(revisions.at(-1));
});

it("of an incident are about its strongest anomalies: what each is about, and which detector was loudest", async () => {
  const { explanation } = anAnomaly(1);
  const detectors = [
    { detector: "ngram", pValue: 0.01, share: 0.4 },
    { detector: "rate", pValue: 1e-5, share: 0.6 },
  ];
  await save(
    anAnomaly(1, { score: 0.9 }),
    anAnomaly(2, { score: 0.95, explanation: { ...explanation, detectors } }),
    anAnomaly(3, { score: 0.92, kind: "end t1", explanation: { ...explanation, detectors: [] } }),
    anAnomaly(4, { score: 0.91 }),
    anAnomaly(9_000, { score: 0.99 }),
  );
  await alter(`update anomalies set explanation = '{' where id = '${idOf(4)}'`);
  expect(await store.incidentSubjects(idOf(1), 10)).toEqual([
    { id: idOf(2), kind: "t1", detector: "rate" },
    { id: idOf(3), kind: "end t1", detector: "" },
    { id: idOf(1), kind: "t1", detector: "ngram" },
  ]);
  expect(await store.incidentSubjects(idOf(1), 1)).toHaveLength(1);
  expect(await store.incidentSubjects("none", 10)).toEqual([]);
});
