import type { ResidualsFile } from "../inference/residuals.ts";
import type { CurvePoint } from "./checkpoint.ts";
import type { HeldOutScore } from "./held-out.ts";
import type { Comparison } from "./judge-gains.ts";
import type { TrainableModel } from "./trainable-model.ts";

/** How far a training is. */
export interface TrainingProgress {
  readonly step: number;
  readonly steps: number;
  /** Moving mean over the last steps, in nats a masked event. */
  readonly loss: number;
  /** On held-out events, at the last look. */
  readonly heldOutLoss: number;
  readonly eventsPerSecond: number;
  readonly secondsLeft: number;
}

/** What people's words about anomalies changed in what was learned from. */
export interface FeedbackUse {
  /** Events of windows that they called expected, learned from. */
  readonly eventsExpected: number;
  /** Recorded events that they called true anomalies, not learned from. */
  readonly eventsLeftOut: number;
}

/** What a training has come to. */
export interface TrainingReport {
  readonly events: number;
  readonly eventsOffered: number;
  readonly eventsLeftOut: number;
  readonly templates: number;
  readonly services: number;
  /** Undefined where there were no such words. */
  readonly feedback?: FeedbackUse | undefined;
  readonly epochs: number;
  readonly steps: number;
  /** Steps that were taken: fewer when the held-out loss stopped falling. */
  readonly stepsTaken: number;
  readonly seconds: number;
  /** Of the events that select among the weights, on the way. */
  readonly curve: readonly CurvePoint[];
  /** On the last tenth of the logs, by which nothing was chosen: the model that training began with, and the trained one; and what
   * the trained one does to each service. */
  readonly heldOut: {
    readonly questions: number;
    readonly before: HeldOutScore;
    readonly after: HeldOutScore;
  } & Comparison;
  /** Whether there is no objection to it; see judge-gains.ts. */
  readonly isBetter: boolean;
}

/** Weights, ready to be saved. */
export interface TrainedModel {
  readonly from: TrainableModel;
  readonly weights: Float32Array;
  readonly residuals: ResidualsFile;
  readonly report: TrainingReport;
}
