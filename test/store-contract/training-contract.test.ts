import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openStore } from "../../store/open-store.ts";
import type { Store } from "../../store/store.ts";
import { type TestDatabase, testDatabase } from "../helpers/test-database.ts";
import { aRun, promoted } from "./a-run.ts";
import { idOf } from "./an-anomaly.ts";
import { keptSince } from "./kept-since.ts";

let database: TestDatabase;
let store: Store;
beforeEach(async () => {
  database = await testDatabase();
  store = await openStore(database.settings);
});
afterEach(() => store.close());

describe("runs of the trainer", () => {
  it("are open one at a time: asking again answers the open one", async () => {
    expect(await store.openTrainingRun()).toBeUndefined();
    const first = await store.requestTraining({ id: idOf(1), service: "shop", createdAtMs: 1_000 });
    expect(first).toEqual(aRun(1, { service: "shop" }));
    expect(await store.requestTraining({ id: idOf(2), service: undefined, createdAtMs: 2_000 })).toEqual(
      first,
    );
    await store.saveTrainingRun({ ...first, state: "RUNNING", startedAtMs: 3, progress: 0.5, loss: 1.25 });
    expect(await store.requestTraining({ id: idOf(3), service: undefined, createdAtMs: 3_000 })).toEqual(
      aRun(1, { service: "shop", state: "RUNNING", startedAtMs: 3, progress: 0.5, loss: 1.25 }),
    );
    await store.saveTrainingRun({ ...first, state: "FAILED", finishedAtMs: 4, message: "no records" });
    expect((await store.requestTraining(aRun(4))).id).toBe(idOf(4));
    expect((await store.trainingRuns({ first: 10 })).map(({ id }) => id)).toEqual([idOf(4), idOf(1)]);
    expect((await store.trainingRuns({ first: 1, after: idOf(4) }))[0]).toMatchObject({
      state: "FAILED",
      message: "no records",
    });
  });

  it("asked for by two processes at the same time are one", async () => {
    const other = await openStore(database.settings);
    const asked = await Promise.all(
      Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? store : other).requestTraining(aRun(i))),
    );
    await other.close();
    expect(new Set(asked.map(({ id }) => id)).size).toBe(1);
  });

  it("expire once they have ended", async () => {
    await store.requestTraining(aRun(1));
    await store.expire(keptSince(9_000_000));
    expect(await store.openTrainingRun()).toBeDefined();
    await store.saveTrainingRun(aRun(1, { state: "REJECTED", finishedAtMs: 2_000 }));
    await store.expire(keptSince(1_000));
    expect(await store.trainingRuns({ first: 9 })).toHaveLength(1);
    await store.expire(keptSince(3_000));
    expect(await store.trainingRuns({ first: 9 })).toEqual([]);
  });
});

describe("weights", () => {
  const active = async () => (await store.activeModel())?.version;

  it("replace those that their run started from, and only while these are in use", async () => {
    expect(await store.activeModel()).toBeUndefined();
    await store.configureModel("base", 1);
    expect(await promoted(store, 1, "base", "a")).toBe(true);
    expect(await promoted(store, 2, "base", "b")).toBe(false);
    expect((await store.models()).map(({ version }) => version)).toEqual(["a", "base"]);
    expect(await store.activeModel()).toEqual({
      version: "a",
      origin: "trained",
      previousVersion: "base",
      trainingRunId: idOf(1),
      createdAtMs: 1_000,
      activatedAtMs: 1_000,
      isActive: true,
      problem: undefined,
    });
    expect((await store.openTrainingRun())?.id).toBe(idOf(2));
  });

  it("are brought back step by step down to the configured ones, and no further", async () => {
    await store.configureModel("base", 1);
    await promoted(store, 1, "base", "a");
    await promoted(store, 2, "a", "b");
    expect(await store.rollbackModel(4_000, "a")).toBeUndefined();
    expect(await active()).toBe("b");
    expect(await store.rollbackModel(5_000, "b")).toMatchObject({
      version: "a",
      isActive: true,
      activatedAtMs: 5_000,
    });
    expect(await store.rollbackModel(6_000)).toMatchObject({ version: "base" });
    expect(await store.rollbackModel(7_000)).toBeUndefined();
    expect(await active()).toBe("base");
    expect((await store.trainingRuns({ first: 9 })).map(({ state }) => state)).toEqual([
      "ROLLED_BACK",
      "ROLLED_BACK",
    ]);
  });

  it("that cannot be loaded make room for others and keep the reason", async () => {
    await store.configureModel("base", 1);
    await promoted(store, 1, "base", "a");
    await store.replaceUnusableModel("a", "its directory is missing", "base", 9);
    expect(await active()).toBe("base");
    expect((await store.models()).find(({ version }) => version === "a")).toMatchObject({
      isActive: false,
      problem: "its directory is missing",
    });
  });

  it("are forgotten when they are not in use, and a rollback goes past them", async () => {
    await store.configureModel("base", 1);
    await promoted(store, 1, "base", "a");
    await promoted(store, 2, "a", "b");
    expect(await store.forgetModel("b", "base")).toBe(false);
    expect(await active()).toBe("b");
    expect(await store.forgetModel("a", "base")).toBe(true);
    expect(await store.rollbackModel(9)).toMatchObject({ version: "base" });
  });

  it("that the configuration names anew are in use, and take the place of those that it named before", async () => {
    await store.configureModel("base", 1);
    await promoted(store, 1, "base", "a");
    await store.configureModel("base-2", 5_000);
    expect(await active()).toBe("base-2");
    expect((await store.models()).map(({ version, previousVersion }) => [version, previousVersion])).toEqual([
      ["base-2", undefined],
      ["a", "base-2"],
    ]);
    await store.configureModel("base-2", 6_000);
    expect(await active()).toBe("base-2");
  });
});
