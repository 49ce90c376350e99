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
  /** What exactly was unusual, for the explanation, where it is not the event's place in the sequence. */
  readonly detail?: EvidenceDetail;
  /** Name of the weights that were asked, where the detector has weights. */
  readonly model?: string;
  /** For a message that was never seen: the text of the known template that it is nearest to in meaning. */
  readonly nearest?: string;
  /** Of a classifier: the probability that the event is an anomaly, which then is the record's score. */
  readonly probability?: number;
  /** How much each word of the event's redacted template counted, where the detector can tell. */
  readonly tokens?: readonly TokenWeight[];
}

/** What a detector found besides "this event, here". Numbers and templates only, never a raw parameter. */
export type EvidenceDetail =
  /** A template came `count` times in a session; `usual` is the nearest number that is normal. */
  | { readonly kind: "count"; readonly template: string; readonly count: number; readonly usual: number }
  | { readonly kind: "length"; readonly events: number; readonly usual: number }
  /** More of a template than usual within `spanMs`. */
  | { readonly kind: "rate"; readonly count: number; readonly usual: number; readonly spanMs: number }
  /** Nothing of a template (undefined: of the whole service) for `silentMs`; usually it comes every `usualMs`. */
  | {
      readonly kind: "silence";
      readonly template: string | undefined;
      readonly silentMs: number;
      readonly usualMs: number;
    }
  | { readonly kind: "gap"; readonly gapMs: number; readonly usualMs: number }
  /** The parameter in `slot` (from 0) was a number far from its usual range, or a value never seen in a slot of few values. */
  | { readonly kind: "parameter"; readonly slot: number; readonly oddity: "number" | "value" };

/** Every detector that can be configured. */
export const CONFIGURABLE_DETECTORS = [
  "event-model",
  "new-template",
  "ngram",
  "count-vector",
  "length",
  "rate",
  "gap",
  "parameter",
] as const;
/**
 * Every detector that there is; a verdict, a configuration and a saved state name them alike. "pretrained-model" takes the
 * place of "event-model" where a Hugging Face model is configured.
 */
export const DETECTOR_NAMES = [...CONFIGURABLE_DETECTORS, "pretrained-model"] as const;
export type DetectorName = (typeof DETECTOR_NAMES)[number];

/** Something that did not come: a window that ends with what came last, and the evidence at its end. */
export interface Absence {
  readonly window: SequenceWindow;
  /** Its `window` is 0 and its `event` is `window.events.length`. */
  readonly evidence: Evidence;
}

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
  /**
   * Takes the fresh events of acknowledged windows into the detector's statistics.
   * @param oddEnds windows that end a session which was odd as a whole: no example of a usual one
   */
  learn(windows: readonly SequenceWindow[], oddEnds?: ReadonlySet<SequenceWindow>): void;
  /** What has been missing by `nowMs` (wall clock, milliseconds since the epoch), each absence told once; called about once
   * a second, also while nothing arrives. */
  watch?(nowMs: number): readonly Absence[];
  /** JSON-serialisable state, its long lists as StateList; undefined when the detector keeps none. */
  snapshot(): unknown;
  /** Takes back what `snapshot` gave; throws a plain Error when the state is not in the expected format. */
  restore(state: unknown): void;
  /** What was learned for the first time since the last call, where forgetting it would be told as a novelty once more; JSON. */
  news?(): readonly unknown[];
  /** Takes back what `news` gave, known or not; throws a plain Error when it is not in the expected format. */
  recall?(news: unknown): void;
}
