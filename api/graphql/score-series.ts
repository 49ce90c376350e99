import { SCORE_BUCKETS, type ScoreHistogram } from "../../store/store.ts";
import type { Context } from "./context.ts";
import { userError } from "./errors.ts";
import { requireSpan, scoreSlices } from "./score-slices.ts";

const BUCKETS_DEFAULT = 60;
const BUCKETS_MAX = 1_000;

interface SeriesArguments {
  readonly service?: string | null;
  readonly from: number;
  readonly to: number;
  readonly buckets?: number | null;
}

/** Query.scoreSeries: the stored minutes, added up. */
export const scoreSeries = {
  Query: {
    async scoreSeries(_: unknown, { service, from, to, buckets }: SeriesArguments, context: Context) {
      const count = buckets ?? BUCKETS_DEFAULT;
      if (count < 1 || count > BUCKETS_MAX)
        throw userError(
          "BAD_USER_INPUT",
          `buckets: ${count} is not between 1 and ${BUCKETS_MAX}`,
          "Ask for another number of buckets.",
        );
      requireSpan(from, to);
      const series = createSeries(from, to, count);
      for await (const slice of scoreSlices(context, service ?? undefined, from, to)) series.add(slice);
      return series.buckets();
    },
  },
};

/** One entry for each of `count` equal spans. A minute belongs to the span that its beginning lies in. */
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
    buckets() {
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
