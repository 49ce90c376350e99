import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openStore } from "../../store/open-store.ts";
import { type StageStatus, type Store, USUAL_SERVICES_MAX } from "../../store/store.ts";
import { type TestDatabase, testDatabase } from "../helpers/test-database.ts";
import { EMPTY } from "./empty-batch.ts";

const DAY_MS = 86_400_000;
const SHOP = { service: "shop", runs: 9, meanRatio: 0.54 };
const STATUS: StageStatus = {
  instance: "logbert",
  version: "1",
  modelVersion: "shipped",
  startedAtMs: 1,
  updatedAtMs: 2,
  recordsPerSecond: 3,
  forwardEndpoint: undefined,
  forwardState: "sink",
  canary: { state: "collapsed", recallRatio: 0, collapsedAtMs: 7, usual: [SHOP] },
};

let database: TestDatabase;
let store: Store;
beforeEach(async () => {
  database = await testDatabase();
  store = await openStore(database.settings);
});
afterEach(() => store.close());

/** The status after somebody else has written what is usual. */
async function readWith(usual: unknown) {
  await store.saveBatch({ ...EMPTY, status: STATUS });
  const json = JSON.stringify({ ...STATUS, canary: { ...STATUS.canary, usual } });
  await database.run(`update stage_status set status = '${json}'`);
  return (await store.statuses())[0];
}

describe("what a stage says of itself", () => {
  it("comes back as it was saved", async () => {
    await store.saveBatch({ ...EMPTY, status: STATUS });
    expect(await store.statuses()).toEqual([STATUS]);
    await store.saveBatch({ ...EMPTY, status: { ...STATUS, hasStopped: true } });
    expect(await store.statuses()).toEqual([{ ...STATUS, hasStopped: true }]);
  });

  it("is said by each stage of its own, until it was not heard of for a day", async () => {
    const heartbeat = (instance: string, updatedAtMs: number) =>
      store.saveBatch({ ...EMPTY, status: { ...STATUS, instance, updatedAtMs } });
    const heard = async () =>
      (await store.statuses()).map(({ instance, updatedAtMs }) => [instance, updatedAtMs]);
    await heartbeat("b", 10);
    await heartbeat("a", 20);
    await heartbeat("b", 30);
    expect(await heard()).toEqual([
      ["a", 20],
      ["b", 30],
    ]);
    await heartbeat("b", 20 + DAY_MS);
    expect(await heard()).toHaveLength(2);
    await heartbeat("b", 21 + DAY_MS);
    expect(await heard()).toEqual([["b", 21 + DAY_MS]]);
  });

  it("is found to be another one's, where that has started later under the same name", async () => {
    const isAnothers = async (startedAtMs: number, instance = "a") =>
      (await store.saveBatch({ ...EMPTY, status: { ...STATUS, instance, startedAtMs } })).hasNamesake;
    expect(await isAnothers(10)).toBe(false);
    expect(await isAnothers(10)).toBe(false);
    expect(await isAnothers(20, "b")).toBe(false);
    expect(await isAnothers(20)).toBe(false);
    expect(await isAnothers(10)).toBe(true);
    expect((await store.saveBatch(EMPTY)).hasNamesake).toBe(false);
  });

  it("is read as before where nobody said what is usual", async () => {
    expect(await readWith(undefined)).toEqual({ ...STATUS, canary: { ...STATUS.canary, usual: undefined } });
  });

  it.each([
    ["no list", "much"],
    ["of half a service", [{ service: "shop" }]],
    ["more than all", [{ ...SHOP, meanRatio: 1.5 }]],
    ["learned from no run", [{ ...SHOP, runs: 0 }]],
    [
      "of more services than are kept",
      Array.from({ length: USUAL_SERVICES_MAX + 1 }, (_, at) => ({ ...SHOP, service: `s${at}` })),
    ],
  ])("keeps all but what is usual where that is %s", async (_, usual) => {
    expect((await readWith(usual))?.canary).toEqual({ ...STATUS.canary, usual: undefined });
  });
});
