/** Labels that are looked at; of more the newest count. */
export const LABELS_MAX = 10_000;

/** What one detector said of an anomaly that people judged. */
export interface LabelledDetector {
  readonly detector: string;
  /** As it counted in the verdict: what people were shown, and answered to. */
  readonly pValue: number;
  /** The detector's own, before earlier words were held against it: how odd it was. */
  readonly ownPValue: number;
}

/** What people said last of one stored anomaly, with what the verdict on it stood on. */
export interface Label {
  readonly anomalyId: string;
  readonly service: string;
  /** What the anomaly is about: see kind.ts. */
  readonly kind: string;
  /** Of the event; of a session's end or a silence, that of the event before it. */
  readonly templateId: string;
  /** The event's own time. */
  readonly timeMs: number;
  readonly score: number;
  /** false: it was to be expected. */
  readonly isTrueAnomaly: boolean;
  readonly detectors: readonly LabelledDetector[];
  readonly createdAtMs: number;
}

/** Some of the labels. */
export interface LabelPage {
  readonly labels: readonly Label[];
  /** Labels that are passed over, because what the verdict stood on cannot be read. */
  readonly unreadable: number;
  /** Where the next page begins; undefined after the last one. */
  readonly next: string | undefined;
}

/** What an anomaly is about, and the detector that was surprised most as its verdict shows it: what one word on it speaks of. */
export interface AnomalySubject {
  readonly id: string;
  /** See kind.ts. */
  readonly kind: string;
  /** "" where none was named. */
  readonly detector: string;
}
