import { join } from "node:path";
import { ulid } from "ulid";
import { configSchema } from "../../cli/config.ts";
import { openFirstScorer, openTriedScorer } from "../../cli/open-scorer.ts";
import type { SwappableScorer } from "../../processor/inference/swappable-scorer.ts";
import { startLearning } from "../../processor/promote/start-learning.ts";
import { createRedactor } from "../../processor/redact/redact.ts";
import { startStage } from "../../processor/stage.ts";
import { createLog } from "../../processor/telemetry/log.ts";
import { createMetrics, type Metrics } from "../../processor/telemetry/metrics.ts";
import type { StoreSettings } from "../../store/config.ts";
import { openStore } from "../../store/open-store.ts";
import type { Store } from "../../store/store.ts";
import type { TrainingRun } from "../../store/training.ts";
import { SHIPPED_MODEL, SHIPPED_VERSION } from "../helpers/shipped-model.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { waitFor } from "../helpers/wait-for.ts";

const TRAINER = join(import.meta.dirname, "scripted-trainer.ts");

/** What the scripted trainer does; see scripted-trainer.ts. */
export type Behaviour =
  | "better"
  | "worse"
  | "lucky"
  | "harmful"
  | "damaged"
  | "fails"
  | "full"
  | "killed"
  | "waits";

/** A stage in this process, with real weights and a scripted trainer. */
export interface StageUnderTest {
  /** Of its data; another stage can go on there. */
  readonly directory: string;
  readonly httpAddress: string;
  readonly scorer: SwappableScorer;
  /** A connection of its own, as the API has. */
  readonly people: Store;
  readonly metrics: Metrics;
  /** Records that were passed on without a verdict. */
  readonly unscored: () => number;
  /** Asks for a run and waits for its end. */
  train(timeoutMs?: number): Promise<TrainingRun>;
  stop(): Promise<void>;
}

/** What can be chosen for a stage. */
interface StageOptions {
  /** Data to go on with; fresh by default. */
  readonly directory?: string;
  /** The next hop; a sink by default. */
  readonly forward?: string;
  /** Arguments of node in the place of the scripted trainer. */
  readonly trainer?: readonly string[];
  /** Whole sections of the configuration. */
  readonly settings?: Readonly<Record<string, object>>;
  /** One that other stages use as well; a SQLite file in its directory by default. */
  readonly database?: StoreSettings;
  /** Its name among them. */
  readonly instance?: string;
  /** The configured weights; the shipped ones by default. */
  readonly configured?: { readonly directory: string; readonly version: string };
}

/** Starts it as the product does, without the API. */
export async function startStageUnderTest(
  behaviour: Behaviour,
  {
    directory = temporaryDirectory("training"),
    forward = "",
    trainer = [TRAINER, behaviour],
    settings = {},
    database,
    instance = "logbert",
    configured = { directory: SHIPPED_MODEL, version: SHIPPED_VERSION },
  }: StageOptions = {},
): Promise<StageUnderTest> {
  const config = configSchema.parse({
    receive: { grpc: { endpoint: "" }, http: { endpoint: "127.0.0.1:0" } },
    forward: { endpoint: forward },
    // What is unscored here is unscored for another reason than a busy machine.
    detect: { scoring_budget_ms: 60_000 },
    training: { directory, flush_interval_ms: 50 },
    ...settings,
  });
  const at = database ?? { path: join(directory, "logbert.db") };
  const store = await openStore(at);
  const people = await openStore(at);
  let unscored = 0;
  const metrics = createMetrics();
  const ports = {
    store,
    metrics: {
      ...metrics,
      scored: (result: "normal" | "anomalous" | "unscored", records: number) => {
        if (result === "unscored") unscored += records;
        metrics.scored(result, records);
      },
    },
    log: createLog("SILENT"),
    now: Date.now,
    newId: ulid,
    instance,
  };
  const { scorer, learning } = await startLearning(config.training, {
    ...ports,
    configured,
    isShared: database !== undefined,
    openFirst: (model) => openFirstScorer(model, config.inference, () => undefined),
    openModel: (model) => openTriedScorer(model, config.inference, () => undefined),
    trainer: { file: process.execPath, args: trainer },
    redact: createRedactor(config.redact).plain,
  });
  const stage = await startStage(config, {
    ...ports,
    scorer,
    encoder: scorer.encoder,
    learning,
    version: "1.2.3",
    live: () => undefined,
  });
  return {
    directory,
    httpAddress: stage.httpAddress ?? "",
    scorer,
    people,
    metrics,
    unscored: () => unscored,
    async train(timeoutMs) {
      const { id } = await people.requestTraining({
        id: ulid(),
        service: undefined,
        createdAtMs: Date.now(),
      });
      return waitFor("the end of the run", () => ended(people, id), timeoutMs);
    },
    async stop() {
      await stage.stop();
      await scorer.close();
      await metrics.close();
      await people.close();
      await store.close();
    },
  };
}

/** A run that has ended; undefined before. */
export async function ended(store: Store, id: string): Promise<TrainingRun | undefined> {
  const run = (await store.trainingRuns({ first: 100 })).find((one) => one.id === id);
  return run === undefined || run.state === "QUEUED" || run.state === "RUNNING" ? undefined : run;
}
