import type { EventCode } from "./event-code.ts";

/** The place of one event: what the model is shown of what came before it. Behind that stands a mask. */
export interface MaskedRow {
  /** Index into the batch's table of each event's template, oldest first. */
  readonly ids: readonly number[];
  /** What the model sees of each event beside. */
  readonly codes: readonly EventCode[];
  /** Whether the begin of the session stands before them. */
  readonly begins: boolean;
}

/** What a position of the event model holds (models/train/event_model.py). */
export const POSITION_KIND = { event: 0, begin: 1, end: 2, mask: 3, padding: 4 } as const;

/** The templates that rows choose between. As long as it stays the same object, the model reads it once. */
export interface CandidateTable {
  /** The templates' text vectors, one after the other. */
  readonly vectors: Float32Array;
  /** What training on the service's own logs added to each of them, one after the other; undefined where nothing was. */
  readonly residuals: Float32Array | undefined;
}

/** Rows that share their candidates. */
export interface ScoringBatch {
  readonly table: CandidateTable;
  readonly rows: readonly MaskedRow[];
}

/** What would stand at a row's masked position: -ln of the probability of each candidate, in nats, and behind them of the end of
 * the session. */
export type AnswerSurprises = Float32Array;

/** The model has more to do than it can in the time that answers are waited for: it was not asked. */
export class ModelBusyError extends Error {
  override readonly name = "ModelBusyError";
}

/** The event transformer. It runs on a thread of its own. */
export interface EventScorer {
  /** Name of the weights, for every verdict that they give. */
  readonly version: string;
  /** Longest context that the model was trained on, in events, the judged one included. */
  readonly eventsMax: number;
  /** What training on this service's own logs added to this template; undefined where nothing was. */
  residual(service: string, template: string): Float32Array | undefined;
  /** One prediction a row, in their order. Rejects when the model fails, with a {@link ModelBusyError} when it has too much to
   * do, or when the signal aborts. */
  score(batch: ScoringBatch, signal: AbortSignal): Promise<readonly AnswerSurprises[]>;
}
