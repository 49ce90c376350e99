import { SCORE_BUCKETS, type ScoreHistogram } from "../../store/store.ts";
import type { Context } from "./context.ts";
import { userError } from "./errors.ts";

const BUCKETS_MAX = 1_000;
const SPAN_MS_MAX = 400 * 86_400_000;

interface SeriesArguments {
  readonly service?: string | null;
  readonly from: number;
  readonly to: number;
  readonly buckets?: number | null;
}

/** Query.scoreSeries: the stored minutes, added up. */
export const scoreSeries = {
  Query: {
    async scoreSeries(_: unknown, { service, from, to, buckets }: SeriesArguments, { store }: Context) {
      const count = buckets ?? 60;
      if (count < 1 || count > BUCKETS_MAX)
        throw userError(
          "BAD_USER_INPUT",
          `buckets: ${count} is not between 1 and ${BUCKETS_MAX}`,
          "Ask for fewer.",
        );
      if (from >= to || to - from > SPAN_MS_MAX)
        throw userError(
          "BAD_USER_INPUT",
          "from must be before to, by at most 400 days",
          "Ask for a shorter time.",
        );
      return toSeries(await store.scoreHistograms(service ?? undefined, from, to), from, to, count);
    },
  },
};

/** One entry for each of `count` equal spans. A minute belongs to the span that its beginning lies in. */
export function toSeries(histograms: readonly ScoreHistogram[], fromMs: number, toMs: number, count: number) {
  const widthMs = (toMs - fromMs) / count;
  const byBucket = Map.groupBy(histograms, ({ minuteMs }) => Math.floor((minuteMs - fromMs) / widthMs));
  return Array.from({ length: count }, (_, bucket) => {
    const own = byBucket.get(bucket) ?? [];
    const records = sum(own.flatMap(({ counts }) => counts));
    const total = sum(own.flatMap(({ counts }) => counts.map((n, i) => (n * (i + 0.5)) / SCORE_BUCKETS)));
    return {
      from: Math.round(fromMs + bucket * widthMs),
      to: Math.round(fromMs + (bucket + 1) * widthMs),
      records,
      anomalies: sum(own.map(({ anomalies }) => anomalies)),
      maxScore: Math.max(0, ...own.map(({ maxScore }) => maxScore)),
      meanScore: records === 0 ? null : total / records,
    };
  });
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
