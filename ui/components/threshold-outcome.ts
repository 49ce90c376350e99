const MINUTE_IN_DAYS = 1 / 1440;

/** A labelled record's score. */
export interface LabelledScore {
  readonly anomalyId: string;
  readonly score: number;
  readonly isTrueAnomaly: boolean;
}

/** The stored scores of a service: `counts[i]` records from i/n to (i+1)/n, and what people said of some of them. */
export interface ScoreDistribution {
  readonly counts: readonly number[];
  /** From the first score to the last. */
  readonly days: number;
  readonly labels: readonly LabelledScore[];
}

/** What a threshold would have done. */
export interface ThresholdOutcome {
  readonly alerts: number;
  /** Over the time that there are scores for; undefined where that is less than a day, which tells nothing of a day. */
  readonly alertsPerDay: number | undefined;
  /** Labelled records that would have alerted, and those of them that were real. */
  readonly judged: number;
  readonly caught: number;
  /** Records that were labelled real, and those of them below the threshold. */
  readonly confirmed: number;
  readonly missed: number;
  /** Of the judged alerts that were real; undefined where none was judged. */
  readonly precision: number | undefined;
  /** Of the real ones that would have alerted; undefined where there are none. */
  readonly recall: number | undefined;
}

/** Answers what a threshold would have done, and which one keeps a budget, without asking anybody: for each move of a slider. */
export interface ThresholdTrial {
  /** Counts from the bucket that the threshold lies in, as the API does, so never too few. */
  at(threshold: number): ThresholdOutcome;
  /** The lowest threshold at a bucket's edge with at most so many alerts a day; undefined where even the highest has more. */
  forBudget(alertsPerDay: number): number | undefined;
}

/**
 * Adds the counts up from above once; each answer afterwards looks at one number and the labels.
 *
 * Example: counts [5, 3, 2] over two days: at(0.5) has 5 alerts, 2.5 a day; forBudget(1) is 2/3.
 */
export function createThresholdTrial({ counts, days, labels }: ScoreDistribution): ThresholdTrial {
  const buckets = counts.length;
  const alertsFrom = new Float64Array(buckets + 1);
  for (let bucket = buckets - 1; bucket >= 0; bucket -= 1)
    alertsFrom[bucket] = (alertsFrom[bucket + 1] ?? 0) + (counts[bucket] ?? 0);
  const perDay = (alerts: number) => alerts / Math.max(MINUTE_IN_DAYS, days);
  const alertsAt = (bucket: number) => alertsFrom[Math.max(0, Math.min(buckets - 1, bucket))] ?? 0;
  return {
    at(threshold) {
      const alerts = alertsAt(Math.floor(threshold * buckets));
      return { alerts, alertsPerDay: days < 1 ? undefined : perDay(alerts), ...ratesAt(threshold, labels) };
    },
    forBudget(alertsPerDay) {
      const bucket = counts.findIndex((_, at) => perDay(alertsAt(at)) <= alertsPerDay);
      return bucket < 0 ? undefined : bucket / buckets;
    },
  };
}

function ratesAt(threshold: number, labels: readonly LabelledScore[]) {
  let judged = 0;
  let caught = 0;
  let confirmed = 0;
  for (const { score, isTrueAnomaly } of labels) {
    const isAlert = score >= threshold;
    judged += isAlert ? 1 : 0;
    confirmed += isTrueAnomaly ? 1 : 0;
    caught += isAlert && isTrueAnomaly ? 1 : 0;
  }
  return {
    judged,
    caught,
    confirmed,
    missed: confirmed - caught,
    precision: judged === 0 ? undefined : caught / judged,
    recall: confirmed === 0 ? undefined : caught / confirmed,
  };
}
