import { SCORE_BUCKETS, type ScoreHistogram } from "../../store/store.ts";

/** Records and scores of one span of time, as the schema has it. */
export interface ScoreBucket {
  readonly from: number;
  readonly to: number;
  readonly records: number;
  readonly anomalies: number;
  readonly maxScore: number;
  readonly meanScore: number | null;
}

/** One entry for each of `count` equal spans. A minute, or an hour, belongs to the span that its beginning lies in. */
export function createSeries(fromMs: number, toMs: number, count: number) {
  const widthMs = (toMs - fromMs) / count;
  const sums = Array.from({ length: count }, () => ({ records: 0, anomalies: 0, maxScore: 0, scores: 0 }));
  return {
    add(histograms: readonly ScoreHistogram[]): void {
      for (const { minuteMs, counts, anomalies, maxScore } of histograms) {
        const sum = sums[Math.floor((minuteMs - fromMs) / widthMs)];
        if (sum === undefined) continue;
        sum.anomalies += anomalies;
        sum.maxScore = Math.max(sum.maxScore, maxScore);
        for (const [bucket, n] of counts.entries()) {
          sum.records += n;
          sum.scores += (n * (bucket + 0.5)) / SCORE_BUCKETS;
        }
      }
    },
    buckets(): readonly ScoreBucket[] {
      return sums.map(({ records, anomalies, maxScore, scores }, bucket) => ({
        from: Math.round(fromMs + bucket * widthMs),
        to: Math.round(fromMs + (bucket + 1) * widthMs),
        records,
        anomalies,
        maxScore,
        meanScore: records === 0 ? null : scores / records,
      }));
    },
  };
}
