/** Labels that are looked at; of more the newest count. */
export const LABELS_MAX = 10_000;

/** What people said last of one stored anomaly, with what the verdict on it stood on. */
export interface Label {
  readonly anomalyId: string;
  readonly service: string;
  /** Of the event; of a session's end or a silence, that of the event before it. */
  readonly templateId: string;
  /** Whether the anomaly is about what came after the event: the end of its session, or a silence. */
  readonly isEnd: boolean;
  /** The event's own time. */
  readonly timeMs: number;
  readonly score: number;
  /** false: it was to be expected. */
  readonly isTrueAnomaly: boolean;
  /** Each detector's p-value in the verdict. */
  readonly detectors: readonly { readonly detector: string; readonly pValue: number }[];
  readonly createdAtMs: number;
}
