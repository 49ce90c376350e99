/** A service's threshold in force. */
export interface ThresholdInForce {
  readonly service: string;
  readonly value: number;
}

/** Picks out what the store does not know yet: with many services most thresholds stay as they are. */
export interface ChangedThresholds {
  /** Those to write down now. */
  of(thresholds: readonly ThresholdInForce[]): readonly ThresholdInForce[];
  /** They were written down. */
  written(thresholds: readonly ThresholdInForce[]): void;
}

/** Flushes after which all are written down again, so that a row that somebody else changed does not stay wrong. */
const ALL_AFTER_FLUSHES = 60;

/** Remembers the services of the last flush alone, so that forgotten ones do not pile up. */
export function createChangedThresholds(): ChangedThresholds {
  let known = new Map<string, number>();
  let flushes = 0;
  return {
    of: (thresholds) =>
      flushes % ALL_AFTER_FLUSHES === 0
        ? thresholds
        : thresholds.filter(({ service, value }) => known.get(service) !== value),
    written(thresholds) {
      flushes += 1;
      known = new Map(thresholds.map(({ service, value }) => [service, value]));
    },
  };
}
