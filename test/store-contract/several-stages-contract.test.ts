import { afterEach, beforeEach, expect, it } from "vitest";
import type { AnomalyCursor } from "../../store/anomaly.ts";
import { endKind } from "../../store/kind.ts";
import { openStore } from "../../store/open-store.ts";
import { SCORE_BUCKETS, type Store } from "../../store/store.ts";
import { type TestDatabase, testDatabase } from "../helpers/test-database.ts";
import { anAnomaly, idOf } from "./an-anomaly.ts";
import { EMPTY } from "./empty-batch.ts";

let database: TestDatabase;
/** The stores of two stages. */
let store: Store;
let other: Store;
beforeEach(async () => {
  database = await testDatabase();
  store = await openStore(database.settings);
  other = await openStore(database.settings);
});
afterEach(async () => {
  await Promise.all([store.close(), other.close()]);
});

const shop = (anomalies: number) => ({
  name: "shop",
  records: 10,
  anomalies,
  learningState: "ready" as const,
  lastSeenMs: 1_000,
});

it("what two stages found is stored once, counted once, and found by both its names", async () => {
  const first = anAnomaly(1, { fingerprint: "same" });
  const second = { ...first, id: idOf(9) };
  await store.saveBatch({ ...EMPTY, anomalies: [first], services: [shop(1)] });
  const again = [second, anAnomaly(2, { fingerprint: "another" }), anAnomaly(3)];
  await other.saveBatch({ ...EMPTY, anomalies: again, services: [shop(3)] });
  expect((await store.anomalies({}, { first: 9 })).map(({ id }) => id)).toEqual([3, 2, 1].map(idOf));
  expect(await store.anomaly(idOf(9))).toEqual(await store.anomaly(idOf(1)));
  expect((await store.incidents({}, { first: 9 })).map(({ anomalies }) => anomalies)).toEqual([3]);
  expect((await store.services())[0]).toMatchObject({ records: 20, anomalies: 3 });
});

it("what two stages found is counted once in its minute and of its service, and nothing else for it", async () => {
  const minute = { service: "shop", counts: new Array<number>(SCORE_BUCKETS).fill(0), maxScore: 0.9 };
  const found = (ids: readonly number[]) => [
    anAnomaly(ids[0] ?? 0, { fingerprint: "record", timeMs: 60_000 }),
    { ...anAnomaly(ids[1] ?? 0, { fingerprint: "end", timeMs: 60_001 }), kind: endKind("t1") },
  ];
  const minutes = (first: number, second: number) => [
    { ...minute, minuteMs: 60_000, anomalies: first },
    { ...minute, minuteMs: 120_000, anomalies: second },
  ];
  await store.saveBatch({
    ...EMPTY,
    anomalies: found([1, 2]),
    services: [shop(1)],
    histograms: minutes(1, 0),
  });
  await other.saveBatch({
    ...EMPTY,
    anomalies: found([3, 4]),
    services: [shop(3)],
    histograms: minutes(1, 2),
  });
  expect((await store.services())[0]).toMatchObject({ anomalies: 3 });
  expect((await store.scoreHistograms("shop", 0, 180_000)).map(({ anomalies }) => anomalies)).toEqual([1, 2]);
});

it("a batch that is written again is stored once, with what another stage had found before", async () => {
  await other.saveBatch({ ...EMPTY, anomalies: [anAnomaly(5, { fingerprint: "x" })] });
  const batch = {
    ...EMPTY,
    anomalies: [anAnomaly(1, { fingerprint: "x" }), anAnomaly(2, { fingerprint: "y" })],
  };
  await store.saveBatch(batch);
  await store.saveBatch(batch);
  expect(await store.countAnomalies({})).toBe(2);
  expect((await store.anomaly(idOf(1)))?.id).toBe(idOf(5));
  expect((await store.anomaly(idOf(2)))?.id).toBe(idOf(2));
});

it("the second name goes with its anomaly", async () => {
  const early = anAnomaly(1, { fingerprint: "x", timeMs: 10 });
  await store.saveBatch({ ...EMPTY, anomalies: [early] });
  await other.saveBatch({ ...EMPTY, anomalies: [{ ...early, id: idOf(2) }] });
  await store.expire({ beforeMs: 20, labelledBeforeMs: 20, samplesMax: 9 });
  expect(await store.anomaly(idOf(2))).toBeUndefined();
  await store.saveBatch({ ...EMPTY, anomalies: [early] });
  expect(await store.anomaly(idOf(2))).toBeUndefined();
});

it("who follows anomalies is told each once, whichever stage found it when", async () => {
  let cursor: AnomalyCursor = await store.anomalyCursor();
  const follow = async (limit = 9) => {
    const { anomalies, next } = await store.anomaliesSince(cursor, limit);
    cursor = next;
    return anomalies.map(({ id }) => id);
  };
  expect(await follow()).toEqual([]);
  await store.saveBatch({ ...EMPTY, anomalies: [anAnomaly(7), anAnomaly(8), anAnomaly(9)] });
  expect(await follow(2)).toEqual([7, 8].map(idOf));
  await other.saveBatch({ ...EMPTY, anomalies: [anAnomaly(2), anAnomaly(9)] });
  expect(await follow(2)).toEqual([9, 2].map(idOf));
  await Promise.all([
    store.saveBatch({ ...EMPTY, anomalies: [anAnomaly(20)] }),
    other.saveBatch({ ...EMPTY, anomalies: [anAnomaly(1)] }),
  ]);
  expect((await follow()).toSorted()).toEqual([1, 20].map(idOf));
  expect(await follow()).toEqual([]);
  cursor = await store.anomalyCursor();
  await other.saveBatch({ ...EMPTY, anomalies: [anAnomaly(3)] });
  expect(await follow()).toEqual([idOf(3)]);
});

it("an incident is taken by one, once", async () => {
  await store.saveBatch({ ...EMPTY, anomalies: [anAnomaly(1)] });
  const [incident] = await store.incidents({}, { first: 1 });
  const id = incident?.id ?? "";
  const claims = await Promise.all([store.claimIncident(id), other.claimIncident(id)]);
  expect(claims.toSorted()).toEqual([false, true]);
  await store.saveBatch({ ...EMPTY, anomalies: [anAnomaly(2)] });
  expect(await other.claimIncident(id)).toBe(false);
  expect(await other.claimIncident("none")).toBe(false);
});

it("the first secret of a name stays", async () => {
  const kept = await Promise.all([store.keptSecret("a", "one"), other.keptSecret("a", "two")]);
  expect(new Set(kept).size).toBe(1);
  expect(await store.keptSecret("a", "three")).toBe(kept[0]);
  expect(await store.keptSecret("b", "four")).toBe("four");
});

it("who follows what is said is told the incidents of it, whoever it was said to", async () => {
  await store.saveBatch({
    ...EMPTY,
    anomalies: [anAnomaly(1), anAnomaly(2), anAnomaly(3, { service: "b" })],
  });
  const [b, shop] = (await store.incidents({}, { first: 2 })).map(({ id }) => id);
  const word = (id: string, anomaly: number) => ({
    id,
    anomalyId: idOf(anomaly),
    isTrueAnomaly: true,
    note: undefined,
    author: undefined,
    createdAtMs: 1,
  });
  await store.addFeedback(word("early", 1));
  let seen = await store.judgedRevision();
  const follow = async () => {
    const { incidentIds, revision } = await store.incidentsJudgedSince(seen);
    seen = revision;
    return incidentIds.toSorted();
  };
  expect(await follow()).toEqual([]);
  await other.addFeedback(word("f1", 1), word("f2", 2));
  expect(await follow()).toEqual([shop]);
  await other.addFeedback({ ...word("f3", 3), replaces: ["f1"] });
  expect(await follow()).toEqual([b, shop].toSorted());
  await store.undoFeedback("f2", 5, undefined);
  expect(await follow()).toEqual([shop]);
  await store.undoFeedback("f2", 6, undefined);
  expect(await follow()).toEqual([]);
});
