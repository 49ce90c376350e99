import { afterEach, beforeEach, expect, it } from "vitest";
import { z } from "zod";
import { aRun, promoted } from "../store-contract/a-run.ts";
import { idOf } from "../store-contract/an-anomaly.ts";
import { type ApiUnderTest, SHOP, startApiUnderTest } from "./start-api.ts";

let under: ApiUnderTest;
beforeEach(async () => {
  under = await startApiUnderTest();
  await under.stage.saveBatch(SHOP);
});
afterEach(() => under.close());

const started = z.object({
  startTraining: z.strictObject({
    id: z.ulid(),
    state: z.literal("QUEUED"),
    service: z.string().nullable(),
    startedAt: z.iso.datetime(),
    finishedAt: z.null(),
    progress: z.literal(0),
  }),
});
const start = async (argument = "") => {
  const { data } = await under.ask(
    `mutation { startTraining${argument} { id state service startedAt finishedAt progress } }`,
  );
  return started.parse(data).startTraining;
};

it("asks the stage for a run, and answers the open one to whoever asks meanwhile", async () => {
  const asked = await start('(service: "shop")');
  expect(asked.service).toBe("shop");
  expect(await under.stage.openTrainingRun()).toMatchObject({
    id: asked.id,
    service: "shop",
    state: "QUEUED",
  });
  expect(await start()).toEqual(asked);
  const run = await under.stage.openTrainingRun();
  if (run !== undefined) await under.stage.saveTrainingRun({ ...run, state: "FAILED", finishedAtMs: 9 });
  const next = await start();
  expect(next.id > asked.id).toBe(true);
  expect(next.service).toBeNull();
});

it("tells how far a run is, how it ended and why, newest first", async () => {
  await under.stage.requestTraining(aRun(1));
  await under.stage.saveTrainingRun(
    aRun(1, {
      state: "REJECTED",
      startedAtMs: 2_000,
      finishedAtMs: 5_000,
      progress: 1,
      heldOutLossBefore: 1.5,
      heldOutLossAfter: 1.75,
      report: '{"rows":7}',
      modelBefore: "base-1",
      modelAfter: "base-1+a",
      message: "no better",
    }),
  );
  await under.stage.requestTraining(aRun(2));
  await under.stage.saveTrainingRun(
    aRun(2, { state: "RUNNING", startedAtMs: 6_000, progress: 0.25, loss: 2 }),
  );
  const page = (first: number, after?: unknown) =>
    under.ask(
      `query ($first: Int, $after: String) { trainingRuns(first: $first, after: $after) { nodes { id state startedAt finishedAt progress loss
        heldOutLossBefore heldOutLossAfter report modelBefore modelAfter message } pageInfo { endCursor hasNextPage } } }`,
      { first, after },
    );
  const { data } = await page(1);
  expect(data).toMatchObject({
    trainingRuns: {
      nodes: [{ id: idOf(2), state: "RUNNING", progress: 0.25, loss: 2, finishedAt: null }],
      pageInfo: { hasNextPage: true },
    },
  });
  const cursor = z.object({ trainingRuns: z.object({ pageInfo: z.object({ endCursor: z.string() }) }) });
  const second = await page(1, cursor.parse(data).trainingRuns.pageInfo.endCursor);
  expect(second.data).toMatchObject({
    trainingRuns: {
      nodes: [
        {
          id: idOf(1),
          state: "REJECTED",
          startedAt: "1970-01-01T00:00:02.000Z",
          finishedAt: "1970-01-01T00:00:05.000Z",
          heldOutLossBefore: 1.5,
          heldOutLossAfter: 1.75,
          report: '{"rows":7}',
          modelBefore: "base-1",
          modelAfter: "base-1+a",
          message: "no better",
        },
      ],
      pageInfo: { hasNextPage: false },
    },
  });
});

it("lists the weights and brings back those that were replaced, with one call", async () => {
  const models = async () =>
    (await under.ask("{ models { version origin isActive previousVersion trainingRunId problem } }")).data;
  await under.stage.configureModel("base-1", 1_000);
  await promoted(under.stage, 1, "base-1", "base-1+a");
  const configured = {
    version: "base-1",
    origin: "CONFIGURED",
    previousVersion: null,
    trainingRunId: null,
    problem: null,
  };
  const trained = {
    version: "base-1+a",
    origin: "TRAINED",
    previousVersion: "base-1",
    trainingRunId: idOf(1),
    problem: null,
  };
  expect(await models()).toEqual({
    models: [
      { ...trained, isActive: true },
      { ...configured, isActive: false },
    ],
  });
  const goBack = 'mutation { rollbackModel(from: "base-1+a") { version isActive activatedAt } }';
  expect((await under.ask(goBack)).data).toMatchObject({
    rollbackModel: { version: "base-1", isActive: true },
  });
  // Somebody else who saw the same weights.
  expect(await under.codeOf(goBack)).toBe("CONFLICT");
  expect(await models()).toEqual({
    models: [
      { ...trained, isActive: false },
      { ...configured, isActive: true },
    ],
  });
  expect((await under.ask("{ trainingRuns { nodes { state } } }")).data).toEqual({
    trainingRuns: { nodes: [{ state: "ROLLED_BACK" }] },
  });
  expect(await under.codeOf("mutation { rollbackModel { version } }")).toBe("NOT_FOUND");
});
