import type { SequenceWindow } from "../window/sequence-window.ts";
import type { TokenWeight } from "./pretrained-scorer.ts";

/** A template that a detector would have expected at an event's place. */
export interface Expectation {
  /** The template's text, or undefined for "the end of the session". */
  readonly template: string | undefined;
  readonly probability: number;
}

/** How odd one event is to one detector, and what it would have expected. */
export interface Evidence {
  readonly detector: DetectorName;
  /** Index of the window within the scored batch. */
  readonly window: number;
  /** Index of the event within its window; `events.length` stands for the end of a closed session. */
  readonly event: number;
  /** Unbounded, higher is odder, in the detector's own unit; calibration makes it comparable. */
  readonly surprise: number;
  /** Most probable first, at most three. */
  readonly expected: readonly Expectation[];
  /** Of a classifier: the probability that the event is an anomaly, which then is the record's score. */
  readonly probability?: number;
  /** How much each word of the event's redacted template counted, where the detector can tell. */
  readonly tokens?: readonly TokenWeight[];
}

/** "pretrained-model" takes the place of "event-model" where a Hugging Face model is configured. */
export type DetectorName = "event-model" | "pretrained-model" | "new-template" | "ngram";

/**
 * One way of being surprised; a new detector is one file that implements this.
 *
 * `score` reads and `learn` writes: a request teaches once, after the next hop has acknowledged it,
 * so that a retried request is not counted twice.
 */
export interface Detector {
  readonly name: DetectorName;
  /** Evidence for each fresh event of each window, and for the end of each closed one where the detector can tell.
   * May reject or ignore its signal; the pipeline races it against the scoring budget. */
  score(windows: readonly SequenceWindow[], signal: AbortSignal): Promise<readonly Evidence[]>;
  /** Takes the fresh events of acknowledged windows into the detector's statistics. */
  learn(windows: readonly SequenceWindow[]): void;
  /** JSON-serialisable state; undefined when the detector keeps none. */
  snapshot(): unknown;
  /** Takes back what `snapshot` gave; throws a plain Error when the state is not in the expected format. */
  restore(state: unknown): void;
}
