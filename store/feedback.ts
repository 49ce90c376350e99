import type { Anomaly } from "./anomaly.ts";

/** What somebody said of an anomaly. */
export interface Feedback {
  readonly id: string;
  readonly anomalyId: string;
  readonly isTrueAnomaly: boolean;
  readonly note: string | undefined;
  readonly author: string | undefined;
  readonly createdAtMs: number;
  /** When it was taken back, and by whom; undefined where it stands. */
  readonly undoneAtMs?: number | undefined;
  readonly undoneBy?: string | undefined;
}

/** A word that is to be stored. */
export interface NewFeedback extends Feedback {
  /** What gives way to it: taken back by its author in the same step, where it still stands. */
  readonly replaces?: readonly string[] | undefined;
}

/** Numbers of labels. */
export interface FeedbackCounts {
  /** True anomalies. */
  readonly confirmed: number;
  /** False alarms: what was flagged was to be expected. */
  readonly expected: number;
}

/** The last words on the anomalies of a template. */
export interface LabelCounts extends FeedbackCounts {
  readonly service: string;
  readonly templateId: string;
}

/** Feedback on one of an incident's anomalies. */
export interface IncidentFeedback extends Feedback {
  readonly incidentId: string;
  /** Of the anomaly. */
  readonly templateId: string;
  /** Of the anomaly: see kind.ts; undefined where an earlier version stored it. */
  readonly kind: string | undefined;
}

/** A standing feedback with the score that its anomaly had. */
export interface LabelledScore {
  readonly anomalyId: string;
  readonly score: number;
  readonly isTrueAnomaly: boolean;
}

/** Something that could be labelled and is not. */
export interface LabellingCandidate
  extends Pick<Anomaly, "id" | "service" | "templateId" | "score" | "threshold"> {
  /** What could be labelled and is not of the same service and template, itself included. */
  readonly similar: number;
}
