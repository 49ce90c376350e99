import { join } from "node:path";
import type { Store } from "../../store/store.ts";
import { createSwappableScorer, type SwappableScorer } from "../inference/swappable-scorer.ts";
import type { RunningScorer } from "../inference/worker-client.ts";
import type { Log } from "../telemetry/log.ts";
import type { Metrics } from "../telemetry/metrics.ts";
import type { TrainingConfig } from "./config.ts";
import { createLearning, type Learning } from "./create-learning.ts";
import { createModelShelf, createSharedShelf } from "./model-shelf.ts";
import { openActiveModel } from "./open-active-model.ts";
import { createRecorder } from "./recorder.ts";
import type { TrainerCommand } from "./run-trainer.ts";
import { createSegments } from "./segments.ts";
import { createSharedSegments } from "./shared-segments.ts";

/** What learning is started with. */
export interface LearningStart {
  readonly store: Store;
  /** The configured weights. */
  readonly configured: { readonly directory: string; readonly version: string };
  /** Loads the weights that the stage starts with, and tries them, while nobody is served. Rejects with the reason when they cannot be used. */
  readonly openFirst: (directory: string) => Promise<RunningScorer>;
  /** The same for weights that take their place later: they are read, too, on a thread of their own. */
  readonly openModel: (directory: string) => Promise<RunningScorer>;
  readonly trainer: TrainerCommand;
  readonly redact: (text: string) => string;
  readonly metrics: Pick<Metrics, "recorded" | "recordingDropped" | "trained">;
  readonly log: Log;
  readonly now: () => number;
  /** A new ULID; sorts by time. */
  readonly newId: () => string;
  /** The name of this stage, for people. */
  readonly instance: string;
  /** Whether other stages may share the store, and so trainings, recordings and weights. */
  readonly isShared: boolean;
}

/** The weights in use, loaded, and what goes on around them. Rejects when not even the configured weights can be loaded. */
export async function startLearning(
  config: TrainingConfig,
  { store, configured, metrics, newId, redact, openFirst, ...ports }: LearningStart,
): Promise<{ readonly scorer: SwappableScorer; readonly learning: Learning }> {
  const recorded = join(config.directory, "training");
  const at = { directory: join(config.directory, "models"), configured };
  const shelf = ports.isShared ? createSharedShelf(at, store) : createModelShelf(at);
  const scorer = createSwappableScorer(
    await openActiveModel({ ...ports, openModel: openFirst, store, shelf, configured: configured.version }),
  );
  const own = createSegments({ directory: recorded, bytesMax: config.max_bytes, newId, redact });
  const recorder = createRecorder({
    segments: ports.isShared ? createSharedSegments(own, store, config.max_bytes) : own,
    waitingEventsMax: config.record ? config.max_waiting_events : 0,
    onRecorded: metrics.recorded,
    onDropped: config.record ? metrics.recordingDropped : () => undefined,
  });
  const learning = createLearning(
    {
      ...ports,
      store,
      scorer,
      recorder,
      shelf,
      elapsed: () => performance.now(),
      holder: `${ports.instance} ${newId()}`,
      workDirectory: join(recorded, "run"),
      onTrained: metrics.trained,
    },
    { durationMsMax: config.max_duration_ms, keepModels: config.keep_models },
  );
  return { scorer, learning };
}
