/** What thinning counts. */
export interface SamplingMetrics {
  /** Log records that did not go on, because they were not to. */
  thinned(records: number): void;
  /** Log records that came through thinning, by what they are to it. */
  stood(standing: string, records: number): void;
  /** Log records decided before their neighbours were known. */
  decidedEarly(reason: string, records: number): void;
  /** Log records that turned out to be context after they had been decided. */
  contextMissed(records: number): void;
}

/** The part of a meter that makes counters. */
interface CounterMaker {
  createCounter(
    name: string,
    options: { readonly description: string },
  ): { add(value: number, labels?: Record<string, string>): void };
}

/**
 * Counters of what thinning leaves out, apart from everything that is not taken.
 * @param standings and `reasons`: label values that are shown before there are any
 */
export function createSamplingMetrics(
  meter: CounterMaker,
  standings: readonly string[],
  reasons: readonly string[],
): SamplingMetrics {
  const counter = (name: string, description: string) => meter.createCounter(name, { description });
  const dropped = counter(
    "sampling_dropped_log_records",
    "Log records that were acknowledged and left out, because the configured share did not hold them.",
  );
  const stood = counter(
    "sampling_log_records",
    "Log records by what they are to thinning; all but the rest are kept.",
  );
  const early = counter(
    "sampling_undecided_log_records",
    "Log records decided before it was known whether an anomaly follows, by what ended the wait.",
  );
  const missed = counter(
    "sampling_missed_context_log_records",
    "Log records that turned out to be context after they had been given to the share.",
  );
  for (const total of [dropped, missed]) total.add(0);
  for (const standing of standings) stood.add(0, { standing });
  for (const reason of reasons) early.add(0, { reason });
  return {
    thinned: (records) => dropped.add(records),
    stood: (standing, records) => stood.add(records, { standing }),
    decidedEarly: (reason, records) => early.add(records, { reason }),
    contextMissed: (records) => missed.add(records),
  };
}
