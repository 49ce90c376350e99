import { SCORE_BUCKETS, type ScoreHistogram } from "../../store/store.ts";

/** Scores of many minutes, counted in the buckets of a {@link ScoreHistogram}. */
export interface ScoreTotals {
  /** Length {@link SCORE_BUCKETS}. */
  readonly counts: readonly number[];
  /** From the first minute with scores to the end of the last one; 0 without any. */
  readonly spanMs: number;
}

const MINUTE_MS = 60_000;

/** Adds up what comes in slices, so that a long time needs no more memory than a short one. */
export async function addUpScores(slices: AsyncIterable<readonly ScoreHistogram[]>): Promise<ScoreTotals> {
  const counts = new Array<number>(SCORE_BUCKETS).fill(0);
  let firstMs = Number.POSITIVE_INFINITY;
  let lastMs = Number.NEGATIVE_INFINITY;
  for await (const slice of slices) {
    for (const histogram of slice) {
      for (const [bucket, count] of histogram.counts.entries())
        counts[bucket] = (counts[bucket] ?? 0) + count;
      firstMs = Math.min(firstMs, histogram.minuteMs);
      lastMs = Math.max(lastMs, histogram.minuteMs);
    }
  }
  return { counts, spanMs: Math.max(0, lastMs - firstMs + MINUTE_MS) };
}
