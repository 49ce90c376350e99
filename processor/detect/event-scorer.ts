/** One event to be judged: what came before it, as the model reads it, with the event itself masked. */
export interface MaskedRow {
  /** Index into the batch's table for each position; 0 where the position holds no event. */
  readonly ids: readonly number[];
  /** One of {@link POSITION_KIND} for each position. */
  readonly kinds: readonly number[];
  /** Severity index of each position, 0 to 6; see severity-index.ts. */
  readonly severities: readonly number[];
  /** ln(1 + seconds since the previous event) of each position. */
  readonly gaps: readonly number[];
  /** {@link PARAMETER_FEATURES} numbers of each position, one position after the other. */
  readonly parameters: readonly number[];
  /** The masked position. */
  readonly at: number;
  /** The candidate that really stood there; the number of candidates stands for the end of the session. */
  readonly target: number;
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

/** How a row's target did against the other candidates. */
export interface RowScore {
  /** -ln of the target's probability. */
  readonly surprise: number;
  /** The three most probable candidates, most probable first. */
  readonly expected: readonly { readonly candidate: number; readonly probability: number }[];
}

/** The event transformer. It runs on a thread of its own. */
export interface EventScorer {
  /** Name of the weights, for every verdict that they give. */
  readonly version: string;
  /** Longest context that the model was trained on, in events, the judged one included. */
  readonly eventsMax: number;
  /** What training on this service's own logs added to this template; undefined where nothing was. */
  residual(service: string, template: string): Float32Array | undefined;
  /** One score a row, in their order. Rejects when the model fails or is overloaded, or the signal aborts. */
  score(batch: ScoringBatch, signal: AbortSignal): Promise<readonly RowScore[]>;
}
