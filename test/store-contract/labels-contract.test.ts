import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openStore } from "../../store/open-store.ts";
import type { Anomaly, Store } from "../../store/store.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { anAnomaly, idOf } from "./an-anomaly.ts";

let store: Store;
beforeEach(async () => {
  store = await openStore({ path: join(temporaryDirectory("labels"), "logbert.db") });
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
const told = async (limit = 10) =>
  (await store.labels(limit)).map(({ anomalyId, isTrueAnomaly }) => [Number(anomalyId), isTrueAnomaly]);

it("are none where nobody has said anything", async () => {
  await save(anAnomaly(1));
  expect(await store.labels(10)).toEqual([]);
});

it("hold what the verdict stood on", async () => {
  await save(anAnomaly(1));
  await say(1, false);
  expect(await store.labels(10)).toEqual([
    {
      anomalyId: idOf(1),
      service: "shop",
      templateId: "t1",
      isEnd: false,
      timeMs: 1_000,
      score: 0.9,
      isTrueAnomaly: false,
      detectors: [{ detector: "ngram", pValue: 0.001, share: 1 }],
      createdAtMs: words,
    },
  ]);
});

it("are the latest word on each anomaly, the newest first, and no more than asked for", async () => {
  await save(anAnomaly(1), anAnomaly(2), anAnomaly(3));
  await say(1, true);
  await say(2, true);
  const last = await say(1, false);
  expect(await told()).toEqual([
    [1, false],
    [2, true],
  ]);
  expect(await told(1)).toEqual([[1, false]]);
  await store.undoFeedback(last, 9, undefined);
  expect(await told()).toEqual([
    [2, true],
    [1, true],
  ]);
});

it("tell the end of a session from its events, whatever a template says", async () => {
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
  expect((await store.labels(10)).map(({ isEnd }) => isEnd)).toEqual([false, true]);
  expect((await store.anomaly(idOf(1)))?.window[0]?.templateId).toBe("a");
});
