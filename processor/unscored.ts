import type { DetectorName } from "./detect/evidence.ts";

/**
 * Why a record passes without a verdict. overload: too much waited before it; late: its request's scoring budget was over;
 * failed: something of ours broke; no-evidence: no detector has anything to say of it;
 * repeated: the stage had judged it before.
 */
export const UNSCORED_REASONS = ["overload", "late", "failed", "no-evidence", "repeated"] as const;
export type UnscoredReason = (typeof UNSCORED_REASONS)[number];

/** How many records, and what was said about the first of them. */
export interface Unscored {
  readonly records: number;
  readonly cause: unknown;
}

/** What a request's verdicts lack. */
export interface Lacking {
  readonly unscored: ReadonlyMap<UnscoredReason, Unscored>;
  /** Detectors that some of the verdicts were made without. */
  readonly absent: ReadonlyMap<DetectorName, Unscored>;
}

/** Adds up what was left out of one request. */
export interface Outcome {
  unscored(reason: UnscoredReason, records: number, cause: unknown): void;
  absent(detector: DetectorName, records: number, cause: unknown): void;
  told(): Lacking;
}

export function createOutcome(): Outcome {
  const without = new Map<UnscoredReason, Unscored>();
  const absences = new Map<DetectorName, Unscored>();
  const add = <K>(map: Map<K, Unscored>, key: K, records: number, cause: unknown) => {
    const known = map.get(key);
    map.set(key, { records: (known?.records ?? 0) + records, cause: known?.cause ?? cause });
  };
  return {
    unscored: (reason, records, cause) => records > 0 && add(without, reason, records, cause),
    absent: (detector, records, cause) => add(absences, detector, records, cause),
    told: () => ({ unscored: without, absent: absences }),
  };
}
