/** How an explanation came to be. */
export type ExplanationSource = "MODEL" | "LLM";

export interface ExpectedEvent {
  /** The template's text, or undefined for "the end of the session". */
  readonly template: string | undefined;
  readonly probability: number;
}

export interface DetectorContribution {
  readonly detector: string;
  /** As it counted in the verdict. */
  readonly pValue: number;
  /** The detector's own, where people's words have raised it; missing in what an earlier version stored. */
  readonly ownPValue?: number | undefined;
  /** Share of this detector in the verdict, 0 to 1; the shares of one explanation add up to 1. */
  readonly share: number;
}

export interface TokenImportance {
  readonly token: string;
  readonly importance: number;
  /** Character offsets into the body, end exclusive. */
  readonly start: number;
  readonly end: number;
}

/** Why an event was judged as it was. Holds templates and typed placeholders only, no raw parameters. */
export interface Explanation {
  /** One plain sentence, at most 256 characters. */
  readonly summary: string;
  /** A few short lines from the detectors' own counts and measurements; missing in what an earlier version stored. */
  readonly facts?: readonly string[] | undefined;
  readonly source: ExplanationSource;
  readonly expected: readonly ExpectedEvent[];
  readonly detectors: readonly DetectorContribution[];
  readonly tokens: readonly TokenImportance[];
}

export interface WindowEvent {
  readonly timeMs: number;
  readonly template: string;
  /** Missing in what an earlier version stored. */
  readonly templateId?: string | undefined;
  readonly severityNumber: number;
  /** True for the event that the anomaly is about. */
  readonly isSubject: boolean;
}

/** An event that scored above its service's threshold. `body` is redacted before it gets here. */
export interface Anomaly {
  /** ULID: sorts by time of detection. */
  readonly id: string;
  readonly timeMs: number;
  readonly service: string;
  readonly stream: string;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly body: string;
  /** What it is about: see kind.ts. */
  readonly kind: string;
  /** Of the event; of a session's end or a silence, that of the event before it. */
  readonly templateId: string;
  readonly template: string;
  readonly score: number;
  readonly threshold: number;
  readonly modelVersion: string;
  readonly traceId: string | undefined;
  readonly explanation: Explanation;
  readonly window: readonly WindowEvent[];
  /** The same of what is found again by another stage, where something tells: it is stored once. Not read back. */
  readonly fingerprint?: string | undefined;
}

/** An anomaly, or a sampled record that did not alert, as it is read back. */
export interface StoredAnomaly extends Anomaly {
  /** False for a sampled record. */
  readonly isAlert: boolean;
  /** Undefined for a sampled record, and for what was stored before there were incidents. */
  readonly incidentId: string | undefined;
}

/** How far whoever follows anomalies has come: they follow each other as they were stored, whoever stores them. */
export interface AnomalyCursor {
  /** Of the batch of the last one. */
  readonly revision: number;
  /** Of the last one; undefined where it is the last of its batch. */
  readonly id: string | undefined;
}

/** Slots of samples that stand for what is usual begin with this; others are near misses. */
export const USUAL_SLOT = "usual ";

/** A record that did not alert, kept in full. */
export interface Sample {
  /** What it stands for, such as the oddest record of an hour: it takes the place of an earlier one. */
  readonly slot: string;
  readonly record: Anomaly;
}

/** A window that ended in a usual record. */
export interface NormalWindow {
  /** Of that record. */
  readonly timeMs: number;
  readonly window: readonly WindowEvent[];
}

export interface AnomalyFilter {
  readonly service?: string | undefined;
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
  readonly minScore?: number | undefined;
  readonly maxScore?: number | undefined;
  /** What was said of it last. */
  readonly verdict?: "unlabelled" | "confirmed" | "expected" | undefined;
  readonly templateId?: string | undefined;
  readonly traceId?: string | undefined;
  /** Substring of body or template, case-insensitive. */
  readonly text?: string | undefined;
  readonly incidentId?: string | undefined;
}
