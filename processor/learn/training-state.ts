import type { OptimizerState } from "../inference/training-graph.ts";
import type { Checkpoint, CurvePoint } from "./checkpoint.ts";
import type { Corpus } from "./corpus.ts";
import { createResidualTable, type ResidualTable } from "./residual-table.ts";
import type { TrainableModel } from "./trainable-model.ts";
import type { TrainingPlan } from "./training-plan.ts";

/** What changes from step to step, besides the optimizer's state, which is in the session. */
export interface TrainingState {
  step: number;
  seconds: number;
  curve: readonly CurvePoint[];
  /** The state that the session begins with. */
  readonly optimizer: OptimizerState;
  readonly average: Float32Array;
  readonly residuals: ResidualTable;
  best: Checkpoint["best"];
  readonly unitLosses: Float32Array;
  skipped: Uint8Array;
}

/** Before the first step. */
export function freshState(corpus: Corpus, model: TrainableModel, plan: TrainingPlan): TrainingState {
  const { weights } = model;
  const residuals = createResidualTable(
    corpus.services,
    model.residuals,
    model.description.width,
    plan.shape.candidates,
  );
  return {
    step: 0,
    seconds: 0,
    curve: [],
    optimizer: {
      p: weights.slice(),
      m: new Float32Array(weights.length),
      v: new Float32Array(weights.length),
    },
    average: weights.slice(),
    residuals,
    best: {
      loss: Number.POSITIVE_INFINITY,
      average: weights.slice(),
      residual: residuals.state.average.slice(),
    },
    unitLosses: new Float32Array(plan.units.count).fill(Number.NaN),
    skipped: new Uint8Array(plan.units.count),
  };
}

/** As the checkpoint has it; `fresh` is filled. */
export function restoredState(fresh: TrainingState, checkpoint: Checkpoint): TrainingState {
  const { residuals, average, unitLosses } = fresh;
  for (const key of ["p", "m", "v", "average"] as const) residuals.state[key].set(checkpoint.residual[key]);
  average.set(checkpoint.average);
  unitLosses.set(checkpoint.unitLosses);
  const { step, seconds, curve, optimizer, best, skipped } = checkpoint;
  return { step, seconds, curve, optimizer, average, residuals, best, unitLosses, skipped };
}
