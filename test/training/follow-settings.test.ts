import { join } from "node:path";
import SqliteDatabase from "better-sqlite3";
import { afterEach, beforeEach, expect, it } from "vitest";
import { calibrateConfig } from "../../processor/calibrate/config.ts";
import { createJudge } from "../../processor/calibrate/create-judge.ts";
import { followSettings } from "../../processor/settings.ts";
import { openStore } from "../../store/open-store.ts";
import { type Store, StoreError } from "../../store/store.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { anAnomaly, idOf } from "../store-contract/an-anomaly.ts";

const ANOMALIES = 3;

let path: string;
/** The stage's, and that of the people who judge. */
let store: Store;
let people: Store;
beforeEach(async () => {
  path = join(temporaryDirectory("settings"), "logbert.db");
  [store, people] = [await openStore({ path }), await openStore({ path })];
  await store.saveBatch({
    anomalies: Array.from({ length: ANOMALIES }, (_, at) => anAnomaly(at + 1)),
    samples: [],
    histograms: [],
    services: [{ name: "shop", records: 1, anomalies: 0, learningState: "ready", lastSeenMs: 0 }],
    templates: [],
    thresholds: [],
    status: undefined,
  });
});
afterEach(async () => {
  await store.close();
  await people.close();
});

const say = (anomaly: number) =>
  people.addFeedback({
    id: idOf(anomaly),
    anomalyId: idOf(anomaly),
    isTrueAnomaly: false,
    note: undefined,
    author: undefined,
    createdAtMs: 0,
  });
const setThreshold = (value: number) =>
  people.setThreshold(
    { service: "shop", mode: "manual", value, alertsPerDay: undefined, author: undefined },
    1,
  );

/** The stage's side, with what it read and told. @param labels in the place of the store's own */
async function follow(labels: Store["labels"] = store.labels) {
  const judge = createJudge(calibrateConfig.parse({}), { modelVersion: () => "m", now: () => 0 });
  const seen = { pages: 0, thresholds: [] as number[], told: [] as string[] };
  const ports: Store = {
    ...store,
    labels(page) {
      seen.pages += 1;
      return labels(page);
    },
  };
  const judging = {
    applyFeedback: judge.applyFeedback,
    applyThresholds: (choices: Parameters<typeof judge.applyThresholds>[0]) =>
      seen.thresholds.push(...[...choices.values()].map(({ value }) => value)),
  };
  const settings = await followSettings(ports, judging, {
    warn: (facts: object, text: string) => seen.told.push(`${JSON.stringify(facts)} ${text}`),
  });
  return { ...settings, seen, labels: () => judge.feedback().labels };
}

it("labels are read when what people said has changed, not when they set something else", async () => {
  await say(1);
  const stage = await follow();
  expect([stage.seen.pages, stage.labels(), stage.feedback().expected]).toEqual([1, 1, 1]);
  await setThreshold(0.9);
  await stage.follow();
  expect([stage.seen.pages, stage.seen.thresholds]).toEqual([1, [0.9]]);
  await say(2);
  await stage.follow();
  expect([stage.seen.pages, stage.labels(), stage.feedback().expected]).toEqual([2, 2, 2]);
  await people.undoFeedback(idOf(2), 5, undefined);
  await stage.follow();
  await stage.follow();
  expect([stage.seen.pages, stage.labels()]).toEqual([3, 1]);
});

it("an explanation that cannot be read costs its own label alone, and is told once", async () => {
  for (const anomaly of [1, 2]) await say(anomaly);
  const database = new SqliteDatabase(path);
  database.exec(`update anomalies set explanation = '{' where id = '${idOf(1)}'`);
  database.close();
  const stage = await follow();
  await say(3);
  await stage.follow();
  expect(stage.labels()).toBe(2);
  expect(stage.seen.told).toEqual([expect.stringContaining('{"labels":1} explanations of labelled')]);
});

it("feedback that cannot be read keeps neither the stage from starting nor thresholds from being followed", async () => {
  let isBroken = true;
  const stage = await follow((page) =>
    isBroken
      ? Promise.reject(new StoreError("corrupt", "the column x is damaged", "restore it"))
      : store.labels(page),
  );
  await say(1);
  await setThreshold(0.93);
  await stage.follow();
  await stage.follow();
  expect([stage.seen.thresholds, stage.labels()]).toEqual([[0.93], 0]);
  expect(stage.seen.told).toEqual([expect.stringContaining("the column x is damaged")]);
  isBroken = false;
  await stage.follow();
  expect([stage.labels(), stage.seen.told.length]).toEqual([1, 1]);
});
