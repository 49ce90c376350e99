import type { SealedTruth } from "./truth.ts";

/** Where a unit was read, lines counted from 1, both ends included. */
export interface Source {
  /** Relative to the data directory. */
  readonly file: string;
  readonly fromLine: number;
  readonly toLine: number;
}

/**
 * What is judged as one: a session or a window of time. It carries no label: labels are in the set's truth, which stays
 * sealed until every threshold is set, so that no detector can look at them.
 */
export interface Unit {
  /** Indexes into the set's templates. Units with the same sequence may share one array, which makes it a key for caches. */
  readonly events: readonly number[];
  readonly source: Source;
  /** The session's own name, where the data give one. */
  readonly session?: string;
  /** Units of one stream follow each other in time. */
  readonly stream?: string;
  /** One for each event, milliseconds since the epoch. */
  readonly timesMs?: readonly number[];
  /** One for each event, OTLP severity numbers. */
  readonly severities?: readonly number[];
  /** The variable parts of each event, in order. */
  readonly parameters?: readonly (readonly string[])[];
}

/** A labelled data set in the shape that every detector and every report takes. */
export interface EvaluationSet {
  readonly name: string;
  readonly templates: readonly string[];
  /** A unit is a whole session: its begin and its end mean something. */
  readonly isSession: boolean;
  /** Normal units only, in the order of time or of the file. */
  readonly train: readonly Unit[];
  readonly test: readonly Unit[];
  /** Labels and weights of `test`, in its order. */
  readonly truth: SealedTruth;
  /** What a reader of the figures has to know. */
  readonly notes: readonly string[];
}
