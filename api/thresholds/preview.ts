import type { LabelledScore } from "../../store/feedback.ts";
import { SCORE_BUCKETS, type ScoreTotals } from "../../store/store.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** What a threshold would have done. */
export interface Preview {
  readonly alerts: number;
  /** Over the time that there are scores for. */
  readonly alertsPerDay: number;
  /** null where no alert was judged. */
  readonly precision: number | null;
  /** null where no anomaly was confirmed. */
  readonly recall: number | null;
  /** Confirmed anomalies that it would have missed, highest score first. */
  readonly missedIds: readonly string[];
}

/**
 * Counts the scores at or above `value`: from the bucket that it lies in, so never too few.
 * @param labels one an anomaly
 */
export function preview(value: number, scores: ScoreTotals, labels: readonly LabelledScore[]): Preview {
  const firstBucket = Math.min(SCORE_BUCKETS - 1, Math.floor(value * SCORE_BUCKETS));
  const alerts = scores.counts.slice(firstBucket).reduce((total, count) => total + count, 0);
  const confirmed = labels.filter(({ isTrueAnomaly }) => isTrueAnomaly);
  const judged = labels.filter(({ score }) => score >= value);
  const hits = judged.filter(({ isTrueAnomaly }) => isTrueAnomaly).length;
  return {
    alerts,
    alertsPerDay: (alerts * DAY_MS) / Math.max(MINUTE_MS, spanMsOf(scores)),
    precision: judged.length === 0 ? null : hits / judged.length,
    recall: confirmed.length === 0 ? null : hits / confirmed.length,
    missedIds: confirmed
      .filter(({ score }) => score < value)
      .sort((a, b) => b.score - a.score)
      .map(({ anomalyId }) => anomalyId),
  };
}

/** From the first minute with scores to the end of the last one, in milliseconds; 0 without any. */
export function spanMsOf({ firstMinuteMs, lastMinuteMs }: ScoreTotals): number {
  return firstMinuteMs === undefined || lastMinuteMs === undefined
    ? 0
    : lastMinuteMs - firstMinuteMs + MINUTE_MS;
}
