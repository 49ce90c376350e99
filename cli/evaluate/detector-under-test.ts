import type { EvaluationSet, Unit } from "./evaluation-set.ts";

/** What a detector may know beside the units it learns from. */
export interface FitContext {
  /** Name of the data set. */
  readonly set: string;
  readonly templates: readonly string[];
  readonly isSession: boolean;
  readonly seed: number;
}

/** A fitted detector. */
export interface Scorer {
  /**
   * One finite score for each unit, in their order; higher is odder, the unit is the detector's own.
   *
   * @param templates the texts that the units' events point to; longer than at fitting when new ones have come
   */
  score(units: readonly Unit[], templates: readonly string[]): Promise<Float64Array>;
  /** Goes on learning from units that have been judged, where the detector can: without labels, in the order of time. */
  learn?(units: readonly Unit[], templates: readonly string[]): Promise<void>;
  /** Gives back what it holds besides memory. */
  close?(): Promise<void>;
}

/** Anything that can be compared: the product's detector, a baseline, a published method built again. */
export interface DetectorUnderTest {
  readonly name: string;
  /** Whether the seed changes anything; one that is not seeded is run once. */
  readonly isSeeded: boolean;
  /** "product": compared with the best of the cheap ones. "published": a published method, not cheap. Cheap where it is left out. */
  readonly role?: "product" | "published";
  /** What it knows beside what it is fitted on, such as the model that it starts from, told in the report. */
  origin?(set: string): string;
  /** Throws when what it needs beside the data, such as a model, cannot be used: asked before anything is computed. */
  assertReady?(set: string): void;
  /** Whether the data have what it needs, such as times. */
  appliesTo(set: EvaluationSet): boolean;
  /** @param train normal units only; never those that calibrate or test */
  fit(train: readonly Unit[], context: FitContext): Promise<Scorer>;
}

/** Called before a detector runs with a seed; what it throws ends the evaluation. */
export type OnRun = (detector: string, seed: number) => Promise<void>;
