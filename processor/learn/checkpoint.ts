import type { OptimizerState } from "../inference/training-graph.ts";
import type { ResidualTable } from "./residual-table.ts";

/** What the weights were worth on held-out events at a step. */
export interface CurvePoint {
  readonly step: number;
  readonly loss: number;
}

/** All that a training has become so far: with the same corpus, model and options it goes on as if it had never stopped. */
export interface Checkpoint {
  /** Of the corpus, the model and the options. */
  readonly fingerprint: string;
  /** Steps that are done. */
  readonly step: number;
  readonly seconds: number;
  readonly curve: readonly CurvePoint[];
  readonly optimizer: OptimizerState;
  /** Moving average of the parameters. */
  readonly average: Float32Array;
  readonly residual: ResidualTable["state"];
  /** The averages at the best point of the curve. */
  readonly best: { readonly loss: number; readonly average: Float32Array; readonly residual: Float32Array };
  /** Last loss of each unit (NaN: none), and 1 for those that this epoch leaves out. */
  readonly unitLosses: Float32Array;
  readonly skipped: Uint8Array;
}

/** Where a training leaves what it needs to go on after a crash. */
export interface CheckpointStore {
  /** The last one that was saved; undefined when there is none, or none with this fingerprint. */
  load(fingerprint: string): Promise<Checkpoint | undefined>;
  /** The one before stays until this one is complete. */
  save(checkpoint: Checkpoint): Promise<void>;
}
