import type { TokenWeight } from "./pretrained-scorer.ts";

/** A template that a detector would have expected at an event's place. */
export interface Expectation {
  /** The template's text, or undefined for "the end of the session". */
  readonly template: string | undefined;
  readonly probability: number;
}

/** How odd one event, or the end of a session, is to one detector, and what it would have expected. */
export interface Evidence extends EvidenceFacts {
  readonly detector: DetectorName;
  /** Unbounded, higher is odder, in the detector's own unit; calibration makes it comparable. */
  readonly surprise: number;
  /** Name of the weights that were asked, where the detector has weights. */
  readonly model?: string;
}

/** What is told of a surprise. */
export interface EvidenceFacts {
  /** Most probable first, at most three. */
  readonly expected: readonly Expectation[];
  /** What exactly was unusual, for the explanation, where it is not the event's place in the sequence. */
  readonly detail?: EvidenceDetail;
  /** For a message that was never seen: the text of the known template that it is nearest to in meaning. */
  readonly nearest?: string;
  /** Of a classifier: the probability that the event is an anomaly, which then is the record's score. */
  readonly probability?: number;
  /** How much each word of the event's redacted template counted, where the detector can tell. */
  readonly tokens?: readonly TokenWeight[];
  /** How often the event came in its place, where the detector counts that. */
  readonly order?: Order;
  /** What the service has written before, where the detector counts that. */
  readonly past?: Past;
}

/** How often one template, or the end, came right after another one (or the beginning), as far as it was counted. */
export interface Order {
  readonly times: number;
  /** How often anything came there. */
  readonly of: number;
  /** What nearly always stands between the two, and did not come: its template. */
  readonly skipped?: string;
}

/** What a service has written. */
export interface Past {
  readonly records: number;
  /** Different messages that are known. */
  readonly templates: number;
  /** How many records had the event's template. */
  readonly times: number;
  /** Time of the first of them, milliseconds since the epoch, where it was noted. */
  readonly firstMs?: number;
}

/** What a detector found besides "this event, here". Numbers and templates only, never a raw parameter. */
export type EvidenceDetail =
  /** A template came `count` times in a session; `usual` is the nearest number that is normal. */
  | { readonly kind: "count"; readonly template: string; readonly count: number; readonly usual: number }
  /** Nine of ten sessions had `usualMin` to `usualMax` events. */
  | {
      readonly kind: "length";
      readonly events: number;
      readonly usual: number;
      readonly usualMin: number;
      readonly usualMax: number;
      readonly sessions: number;
    }
  /** More of a template than usual within `spanMs`. */
  | { readonly kind: "rate"; readonly count: number; readonly usual: number; readonly spanMs: number }
  /** Nothing of a template (undefined: of the whole service, or of any) for `silentMs`, since `sinceMs` (milliseconds since the epoch);
   * usually it comes every `usualMs`, and its longest pause lately was `longestMs`. */
  | {
      readonly kind: "silence";
      readonly template: string | undefined;
      readonly silentMs: number;
      readonly usualMs: number;
      readonly sinceMs: number;
      readonly longestMs: number;
    }
  /** Usual is the geometric mean of `cases` earlier pauses, at most the last thousand or so. */
  | { readonly kind: "gap"; readonly gapMs: number; readonly usualMs: number; readonly cases: number }
  /** For the `times`th time within `spanMs` the event came out of its usual place, now `after` another template; undefined
   * at the beginning of a request. */
  | {
      readonly kind: "order-change";
      readonly times: number;
      readonly spanMs: number;
      readonly after: string | undefined;
    }
  | OddParameter;

/** The parameter in `slot` (from 0) was far from what it was in `seen` earlier records. */
export type OddParameter = {
  readonly kind: "parameter";
  readonly slot: number;
} & Oddity;

/** What exactly is odd about a parameter; `seen`: in how many earlier records it was looked at, at most the last 10,000. */
export type Oddity = { readonly seen: number } & (OddNumber | OddValue);

/** A number far from its usual range. */
export interface OddNumber {
  readonly oddity: "number";
  /** How many times its usual size it has: below 1 for a fraction; undefined where they differ in sign. */
  readonly times: number | undefined;
  /** Where it is a length of time, which hides nothing. */
  readonly time?: { readonly tookMs: number; readonly usualMs: number };
}

/** A value never seen in a slot of few. */
export interface OddValue {
  readonly oddity: "value";
  /** How many different ones there were. */
  readonly values: number;
  /** The first digit of an error's status code, where all earlier ones were status codes. */
  readonly errorClass?: number;
}

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
  "order-change",
] as const;
/**
 * Every detector that there is; a verdict, a configuration and a saved state name them alike. "pretrained-model" takes the
 * place of "event-model" where a Hugging Face model is configured.
 */
export const DETECTOR_NAMES = [...CONFIGURABLE_DETECTORS, "pretrained-model"] as const;
export type DetectorName = (typeof DETECTOR_NAMES)[number];

/** Of each detector its place in {@link DETECTOR_NAMES}. */
const DETECTOR_NUMBERS: ReadonlyMap<DetectorName, number> = new Map(
  DETECTOR_NAMES.map((name, number) => [name, number]),
);

export function detectorNumber(name: DetectorName): number {
  return DETECTOR_NUMBERS.get(name) ?? 0;
}
