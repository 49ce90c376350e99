import { fromJson, jsonColumns } from "./rows.ts";
import { SCORE_BUCKETS } from "./store.ts";

/** Counts by bucket as they are stored. Example: [0, 0, 3, 0] -> "[[2,3]]". */
export function packCounts(counts: readonly number[]): string {
  return JSON.stringify(counts.flatMap((count, bucket) => (count === 0 ? [] : [[bucket, count]])));
}

/** Counts by bucket, of length {@link SCORE_BUCKETS}. Throws a StoreError for what is no stored counts. */
export function unpackCounts(json: string): number[] {
  const counts = new Array<number>(SCORE_BUCKETS).fill(0);
  addCounts(counts, json);
  return counts;
}

/** Adds stored counts to others, in place. Throws a StoreError for what is no stored counts. */
export function addCounts(counts: number[], json: string): void {
  for (const [bucket, count] of fromJson(jsonColumns.histogramCounts, "score_histograms.counts", json))
    if (bucket >= 0 && bucket < SCORE_BUCKETS) counts[bucket] = (counts[bucket] ?? 0) + count;
}

/** Bucket by bucket. */
export function sumOf(a: readonly number[], b: readonly number[]): number[] {
  return a.map((count, bucket) => count + (b[bucket] ?? 0));
}
