import { join } from "node:path";
import { ulid } from "ulid";
import { expect, it, onTestFinished, vi } from "vitest";
import { configSchema } from "../../cli/config.ts";
import { openFirstScorer, openTriedScorer } from "../../cli/open-scorer.ts";
import type { Learning } from "../../processor/promote/create-learning.ts";
import { startLearning } from "../../processor/promote/start-learning.ts";
import { createRedactor } from "../../processor/redact/redact.ts";
import { createLog } from "../../processor/telemetry/log.ts";
import { createMetrics } from "../../processor/telemetry/metrics.ts";
import { openStore } from "../../store/open-store.ts";
import type { Store } from "../../store/store.ts";
import type { TrainingRun } from "../../store/training.ts";
import { SHIPPED_MODEL, SHIPPED_VERSION } from "../helpers/shipped-model.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { aRun } from "../store-contract/a-run.ts";
import { idOf } from "../store-contract/an-anomaly.ts";
import { ended } from "./start-stage-under-test.ts";

/** What learns in the background of a stage, with a trainer that leaves nothing. */
async function startOver(
  store: Store,
  directory: string,
): Promise<{ readonly learning: Learning; close(): Promise<void> }> {
  const config = configSchema.parse({ training: { directory } });
  const metrics = createMetrics();
  const { scorer, learning } = await startLearning(config.training, {
    store,
    metrics,
    log: createLog("SILENT"),
    now: Date.now,
    newId: ulid,
    instance: "logbert",
    isShared: false,
    configured: { directory: SHIPPED_MODEL, version: SHIPPED_VERSION },
    openFirst: (model) => openFirstScorer(model, config.inference, () => undefined),
    openModel: (model) => openTriedScorer(model, config.inference, () => undefined),
    trainer: { file: process.execPath, args: ["--eval", ""] },
    redact: createRedactor(config.redact).plain,
  });
  return {
    learning,
    async close() {
      await learning.stop();
      await scorer.close();
      await metrics.close();
    },
  };
}

it("a training that is asked for while another one ends is carried out", async () => {
  const directory = temporaryDirectory("training");
  const path = join(directory, "logbert.db");
  const [store, people] = await Promise.all([openStore({ path }), openStore({ path })]);
  const started: { learning?: Learning } = {};
  const saveTrainingRun = async (run: TrainingRun, holder?: string) => {
    const isSaved = await store.saveTrainingRun(run, holder);
    if (run.id !== idOf(1) || run.state !== "FAILED") return isSaved;
    await people.requestTraining(aRun(2));
    await started.learning?.follow();
    return isSaved;
  };
  const { learning, close } = await startOver({ ...store, saveTrainingRun }, directory);
  started.learning = learning;
  await people.requestTraining(aRun(1));
  const run = await waitFor("the end of the second one", async () => {
    await learning.follow();
    return ended(people, idOf(2));
  });
  expect(run.message).toContain("nothing has been recorded yet");
  await close();
  await Promise.all([people.close(), store.close()]);
});

it("a training is not taken from who carries it out for what nobody could hear while the database was away", async () => {
  const directory = temporaryDirectory("training");
  const path = join(directory, "logbert.db");
  const [store, people] = await Promise.all([openStore({ path }), openStore({ path })]);
  const { learning, close } = await startOver(store, directory);
  const clock = vi.spyOn(performance, "now");
  onTestFinished(() => clock.mockRestore());
  const lookAt = async (seconds: number) => {
    clock.mockReturnValue(seconds * 1_000);
    await learning.follow();
  };
  await people.requestTraining(aRun(1));
  const run = await people.claimTraining({ holder: "another one", deadRevision: undefined }, 1);
  await lookAt(1);
  await lookAt(5);
  // Nobody could say or hear anything.
  await lookAt(65);
  await lookAt(70);
  expect(await people.saveTrainingRun({ ...aRun(1), ...run }, "another one")).toBe(true);
  for (const seconds of [71, 76, 81]) await lookAt(seconds);
  expect(await people.openTrainingRun()).toMatchObject({ id: idOf(1) });
  await lookAt(86);
  clock.mockRestore();
  const taken = await waitFor("its end", () => ended(people, idOf(1)));
  expect(taken.message).toContain("nothing has been recorded yet");
  await close();
  await Promise.all([people.close(), store.close()]);
});
