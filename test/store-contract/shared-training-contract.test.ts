import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openStore } from "../../store/open-store.ts";
import type { Store } from "../../store/store.ts";
import { PART_BYTES_MAX } from "../../store/training.ts";
import { type TestDatabase, testDatabase } from "../helpers/test-database.ts";
import { aRun, promoted } from "./a-run.ts";
import { idOf } from "./an-anomaly.ts";

let database: TestDatabase;
let store: Store;
beforeEach(async () => {
  database = await testDatabase();
  store = await openStore(database.settings);
});
afterEach(() => store.close());

const claim = (holder: string, deadRevision?: number) => store.claimTraining({ holder, deadRevision }, 5_000);
const revision = async () => (await store.trainingTurn())?.revision;
const bytes = (text: string) => new TextEncoder().encode(text);

describe("a run that stages have in common", () => {
  const running = aRun(1, { state: "RUNNING", startedAtMs: 5_000 });

  it("is carried out by one of those that ask for it at the same time", async () => {
    expect(await store.trainingTurn()).toBeUndefined();
    expect(await claim("a")).toBeUndefined();
    await store.requestTraining(aRun(1));
    expect((await store.trainingTurn())?.isQueued).toBe(true);
    const other = await openStore(database.settings);
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        (i % 2 === 0 ? store : other).claimTraining({ holder: `${i}`, deadRevision: undefined }, 5_000),
      ),
    );
    await other.close();
    expect(answers.filter((answer) => answer !== undefined)).toEqual([running]);
    expect((await store.trainingTurn())?.isQueued).toBe(false);
  });

  it("is written by its holder alone, each time with another revision", async () => {
    await store.requestTraining(aRun(1));
    await claim("a");
    const before = await revision();
    expect(await store.saveTrainingRun({ ...running, progress: 0.5 }, "b")).toBe(false);
    expect(await revision()).toBe(before);
    expect(await store.saveTrainingRun({ ...running, progress: 0.5 }, "a")).toBe(true);
    expect(await revision()).not.toBe(before);
    expect((await store.openTrainingRun())?.progress).toBe(0.5);
    await store.saveTrainingRun({ ...running, state: "FAILED", finishedAtMs: 6 }, "a");
    // A late word of how far it is opens it no more.
    expect(await store.saveTrainingRun(running, "a")).toBe(false);
    expect(await store.openTrainingRun()).toBeUndefined();
  });

  it("is begun anew once when its holder is gone, and fails the second time", async () => {
    await store.requestTraining(aRun(1));
    await claim("a");
    const first = await revision();
    await store.saveTrainingRun({ ...running, progress: 0.5, loss: 2, modelBefore: "m" }, "a");
    expect(await claim("b", first)).toBeUndefined();
    expect(await claim("b", await revision())).toEqual(running);
    expect(await store.saveTrainingRun(running, "a")).toBe(false);
    expect(await claim("c", await revision())).toBeUndefined();
    expect(await store.openTrainingRun()).toBeUndefined();
    expect((await store.trainingRuns({ first: 1 }))[0]).toMatchObject({
      state: "FAILED",
      finishedAtMs: 5_000,
      message: expect.stringContaining("ask for another training"),
    });
    expect((await store.requestTraining(aRun(2))).id).toBe(idOf(2));
  });

  it("goes back into the queue as it was, and who follows is told", async () => {
    await store.requestTraining(aRun(1));
    await claim("a");
    await store.saveTrainingRun({ ...running, progress: 0.5, modelBefore: "m" }, "a");
    await store.returnTraining(idOf(1), "b");
    expect((await store.openTrainingRun())?.state).toBe("RUNNING");
    const before = await store.changeCounter();
    await store.returnTraining(idOf(1), "a");
    expect(await store.openTrainingRun()).toEqual(aRun(1));
    expect(await store.changeCounter()).toBeGreaterThan(before);
    expect(await claim("b")).toEqual(running);
  });

  it("puts no weights in use for one who has lost it", async () => {
    await store.configureModel("base", 1);
    await store.requestTraining(aRun(1));
    await claim("a");
    await claim("b", await revision());
    const run = aRun(1, { state: "PROMOTED", modelBefore: "base", modelAfter: "new", finishedAtMs: 6 });
    expect(await store.promoteModel({ version: "new", run, holder: "a" }, 6)).toBe(false);
    expect((await store.activeModel())?.version).toBe("base");
    expect((await store.openTrainingRun())?.state).toBe("RUNNING");
    expect(await store.promoteModel({ version: "new", run, holder: "b" }, 6)).toBe(true);
    expect((await store.activeModel())?.version).toBe("new");
  });
});

describe("the files of weights", () => {
  it("come back part by part, and go with their weights", async () => {
    await store.configureModel("base", 1);
    await promoted(store, 1, "base", "a");
    await promoted(store, 2, "a", "b");
    const part = new Uint8Array(PART_BYTES_MAX).map((_, i) => i % 251);
    await store.saveModelPart("a", "weights.bin", 0, part.slice());
    await store.saveModelPart("a", "weights.bin", 1, bytes("end"));
    await store.saveModelPart("a", "weights.bin", 1, bytes("another"));
    await store.saveModelPart("a", "config.json", 0, bytes("{}"));
    await store.saveModelPart("lost", "config.json", 0, bytes("{}"));
    expect(await store.modelParts("a", 9)).toEqual([
      { name: "config.json", part: 0, bytes: 2 },
      { name: "weights.bin", part: 0, bytes: PART_BYTES_MAX },
      { name: "weights.bin", part: 1, bytes: 3 },
    ]);
    expect(await store.modelParts("a", 1)).toHaveLength(1);
    const read = await store.modelPart("a", "weights.bin", 0);
    expect(Buffer.from(read ?? []).equals(part)).toBe(true);
    expect(Buffer.from((await store.modelPart("a", "weights.bin", 1)) ?? []).toString()).toBe("end");
    expect(await store.modelPart("a", "weights.bin", 2)).toBeUndefined();
    await store.dropModelParts("a");
    await store.dropModelParts("lost");
    expect(await store.modelParts("a", 9)).toHaveLength(3);
    expect(await store.modelParts("lost", 9)).toEqual([]);
    await store.forgetModel("a", "base");
    expect(await store.modelParts("a", 9)).toEqual([]);
  });

  it("go where they were never put in use, when somebody else begins a training", async () => {
    await store.configureModel("base", 1);
    await promoted(store, 1, "base", "a");
    for (const version of ["a", "lost"]) await store.saveModelPart(version, "config.json", 0, bytes("{}"));
    await store.requestTraining(aRun(2));
    await claim("b");
    expect(await store.modelParts("lost", 9)).toEqual([]);
    expect(await store.modelParts("a", 9)).toHaveLength(1);
  });

  it("are not read where a part is too large", async () => {
    await store.saveModelPart("a", "weights.bin", 0, new Uint8Array(PART_BYTES_MAX + 1));
    expect(await store.modelPart("a", "weights.bin", 0)).toBeUndefined();
  });

  it("that a stage could not load have its reason, and stay in use", async () => {
    await store.configureModel("base", 1);
    await promoted(store, 1, "base", "a");
    await store.noteModelProblem("a", "logbert-1: is damaged");
    expect(await store.activeModel()).toMatchObject({ version: "a", problem: "logbert-1: is damaged" });
    await store.noteModelProblem("a", undefined);
    expect((await store.activeModel())?.problem).toBeUndefined();
  });
});

describe("recordings", () => {
  const record = async (number: number, texts: readonly string[], bytesMax = 1_000) => {
    for (const [part, text] of texts.entries())
      await store.saveRecordingPart(idOf(number), part, bytes(text));
    return store.finishRecording(idOf(number), texts.length, bytesMax);
  };

  it("are there when all of their parts are, oldest first", async () => {
    await store.saveRecordingPart(idOf(2), 0, bytes("second "));
    expect(await store.finishRecording(idOf(2), 2, 1_000)).toBe(false);
    expect(await store.recordings()).toEqual([]);
    expect(await record(2, ["second ", "time"])).toBe(true);
    expect(await record(2, ["second ", "time"])).toBe(true);
    expect(await record(1, ["first"])).toBe(true);
    expect(await store.recordings()).toEqual([
      { id: idOf(1), bytes: 5, parts: 1 },
      { id: idOf(2), bytes: 11, parts: 2 },
    ]);
    expect(Buffer.from((await store.recordingPart(idOf(2), 1)) ?? []).toString()).toBe("time");
    expect(await store.recordingPart(idOf(2), 2)).toBeUndefined();
  });

  it("make room for newer ones, the oldest first, and with them what was never finished", async () => {
    await store.saveRecordingPart(idOf(1), 0, bytes("never finished"));
    for (let number = 2; number < 6; number += 1) await record(number, ["12345", "67890"], 30);
    expect((await store.recordings()).map(({ id }) => id)).toEqual([idOf(3), idOf(4), idOf(5)]);
    expect(await store.recordingPart(idOf(1), 0)).toBeUndefined();
    expect(await store.recordingPart(idOf(2), 0)).toBeUndefined();
    await record(6, ["x".repeat(100)], 30);
    expect((await store.recordings()).map(({ id }) => id)).toEqual([idOf(6)]);
  });
});
