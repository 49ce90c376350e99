import type { Store } from "../../store/store.ts";
import type { SwappableScorer } from "../inference/swappable-scorer.ts";
import type { RunningScorer } from "../inference/worker-client.ts";
import type { Log } from "../telemetry/log.ts";
import type { ModelShelf } from "./model-shelf.ts";
import type { Recorder } from "./recorder.ts";
import type { TrainerCommand } from "./run-trainer.ts";

/** What learning in the background of a stage reaches of the world. */
export interface LearningPorts {
  readonly store: Store;
  readonly scorer: SwappableScorer;
  readonly recorder: Recorder;
  readonly shelf: ModelShelf;
  /** Loads weights, on a thread of their own, and tries them. Rejects with the reason when they cannot be used. */
  readonly openModel: (directory: string) => Promise<RunningScorer>;
  readonly trainer: TrainerCommand;
  /** Of the run in progress; it is emptied. */
  readonly workDirectory: string;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Milliseconds, never going back. */
  readonly elapsed: () => number;
  /** The name of this stage, for people. */
  readonly instance: string;
  /** What it carries runs out as: a name that no other process has, nor the one before it. */
  readonly holder: string;
  /** Whether other stages may follow the same store. */
  readonly isShared: boolean;
  /** Told how each run ended. */
  readonly onTrained: (outcome: "promoted" | "rejected" | "failed") => void;
}

/** Bounds of learning. */
export interface LearningOptions {
  readonly durationMsMax: number;
  /** Trained weights that are kept, those in use among them. */
  readonly keepModels: number;
}
