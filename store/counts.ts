import { corrupt } from "./rows.ts";
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
  for (const pair of readList(json)) {
    if (!isPair(pair)) throw corrupt(COLUMN, new Error("an entry is no bucket with its count"));
    const [bucket, count] = pair;
    if (bucket >= 0 && bucket < SCORE_BUCKETS) counts[bucket] = (counts[bucket] ?? 0) + count;
  }
}

const COLUMN = "score_histograms.counts";

/** Checked by hand: a month of scores has hundreds of thousands of pairs, and a schema takes most of the time of an answer. */
function readList(json: string): readonly unknown[] {
  let list: unknown;
  try {
    list = JSON.parse(json);
  } catch (cause) {
    throw corrupt(COLUMN, cause);
  }
  if (Array.isArray(list)) return list;
  throw corrupt(COLUMN, new Error("it is no list"));
}

function isPair(value: unknown): value is readonly [number, number] {
  return (
    Array.isArray(value) && value.length === 2 && Number.isInteger(value[0]) && typeof value[1] === "number"
  );
}

/** Bucket by bucket. */
export function sumOf(a: readonly number[], b: readonly number[]): number[] {
  return a.map((count, bucket) => count + (b[bucket] ?? 0));
}
