/** One scored record as a live view shows it. `body` is redacted before it gets here. */
export interface LiveRecord {
  readonly timeMs: number;
  readonly service: string;
  readonly severityNumber: number;
  readonly body: string;
  readonly template: string;
  /** Undefined for a record that passed unscored. */
  readonly score: number | undefined;
  readonly threshold: number | undefined;
  readonly isAnomaly: boolean;
  readonly anomalyId: string | undefined;
}
