import type { DetectorName, Evidence } from "../detect/evidence.ts";
import type { Opinions } from "../detect/opinions.ts";
import type { Places } from "../detect/places.ts";
import type { SequenceWindow } from "../window/sequence-window.ts";
import type { Floors } from "./claim.ts";
import type { News } from "./releases.ts";

/** Where in a session something was odd. */
export interface Place {
  /** The template of the odd event. */
  readonly template: string;
  /** The template before it; undefined for the first event that was held. */
  readonly after: string | undefined;
}

/** What one detector contributed to a verdict. */
export interface Contribution {
  readonly detector: DetectorName;
  /** As it counts in the verdict: the detector's own, not below what people's words make of it. */
  readonly pValue: number;
  /** Calibrated: the share of this service's recent normal events that are at least as odd. */
  readonly ownPValue: number;
  readonly evidence: Evidence;
  /** In the verdict on a session: the event that the evidence is about; undefined when it is about the end. */
  readonly place?: Place | undefined;
}

/** What came of people's calling the like of an event or session expected. */
export interface Quieted {
  /** What the p-value would be without their words. */
  readonly pValue: number;
  /** Of all that they spoke of the lowest floor. */
  readonly floor: number;
  /** Of each claim that they spoke of. */
  readonly floors: Floors;
}

/** What a service was like when something in it was judged. */
export interface Background {
  /** Undefined as long as little time has passed. */
  readonly recordsPerDay: number | undefined;
  /** How many of the kind (see kind.ts) have alerted lately, at least: older ones count less. */
  alertsOf(kind: string): number;
}

/** The judgement of one event, or of a whole session at its end. */
export interface Verdict {
  /** 1 - pValue^(1/4): 0.85 is one record in 2,000, 0.968 one in a million. Comparable across services.
   * With a classifier in use: its probability of an anomaly. */
  readonly score: number;
  /** The combined p-value. */
  readonly pValue: number;
  /** What the p-value was calibrated from: unbounded, higher is odder. Orders what lies beyond the sample too. */
  readonly strength: number;
  /** The service's threshold on `score` at that moment. */
  readonly threshold: number;
  readonly isAnomaly: boolean;
  /** Undefined where nobody called the like of it expected. */
  readonly quieted?: Quieted | undefined;
  /** Undefined where the record's release is not new. */
  readonly news?: News | undefined;
  /** The weights that judged it. */
  readonly modelVersion: string;
  /** Undefined where nothing is known of the service. */
  readonly background?: Background | undefined;
  /** The strongest first. */
  readonly contributions: readonly Contribution[];
}

/** What is said of one event: its verdict and the window that it was judged in. */
export interface Finding {
  /** Index of the record within its request; undefined for the end of a session, which no record carries. */
  readonly recordIndex: number | undefined;
  readonly window: SequenceWindow;
  /** Index of the event within `window.events`; `events.length` for the end of the session. */
  readonly event: number;
  readonly verdict: Verdict;
}

/** A service's learning state. */
export type LearningState = "learning" | "ready";

export interface ServiceState {
  readonly service: string;
  readonly state: LearningState;
  readonly threshold: number;
}

/** Turns evidence into verdicts. `judge` reads; `learn` writes, after the acknowledgement. */
export interface Judge {
  /** One finding for each fresh event (and session end) that a detector has something to say of. */
  judge(places: Places, opinions: readonly Opinions[]): readonly Finding[];
  learn(findings: readonly Finding[]): void;
  /** As a detector's: of one service, or of all where none is named. */
  snapshot(service?: string): unknown;
  /** Takes back what `snapshot` gave, in the place of what is known of its services. */
  restore(state: unknown): void;
  forget(service: string): void;
}
