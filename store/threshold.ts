/** auto: from the alert budget that the configuration names; budget: from an alert budget of this service's own; manual: a fixed value. */
export type ThresholdMode = "auto" | "budget" | "manual";

/** What people set, and what the stage makes of it. */
export interface Threshold {
  readonly service: string;
  readonly mode: ThresholdMode;
  /** Alerts a day; in mode `budget` set by a person, in mode `auto` the configured default. */
  readonly alertsPerDay: number | undefined;
  /** The threshold on the score in force now, as the stage last computed it. */
  readonly value: number;
  readonly updatedAtMs: number;
  /** The last change that a person made; undefined for none. */
  readonly changeId: string | undefined;
}

/** A change, by a person, of how a threshold is found. */
export interface ThresholdChange {
  /** Grows with time. */
  readonly id: string;
  readonly service: string;
  readonly mode: ThresholdMode;
  readonly alertsPerDay: number | undefined;
  readonly value: number | undefined;
  readonly author: string | undefined;
  readonly atMs: number;
  /** The change that was taken back by it. */
  readonly revertOf: string | undefined;
}

export interface ThresholdSetting {
  readonly service: string;
  readonly mode: ThresholdMode;
  readonly alertsPerDay: number | undefined;
  /** Required in mode `manual`. */
  readonly value: number | undefined;
  readonly author: string | undefined;
  /** The change that was seen last, null for none: when there is a later one, nothing is changed. Undefined: whatever came before. */
  readonly basedOn?: string | null | undefined;
  /** The change that is taken back. */
  readonly revertOf?: string | undefined;
}
