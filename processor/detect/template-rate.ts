import { z } from "zod";
import { type BucketClock, bucketClockState, createBucketClock } from "./bucket-clock.ts";
import { countSurprise } from "./upper-tail.ts";

/** Length of a bucket of event time, in milliseconds. */
export const BUCKET_MS = 10_000;
/** Buckets that are open: exporters send in batches, so streams of one service are seconds apart. */
const OPEN_MAX = 2;
/** Buckets after which a count weighs half: a day, so that the variance holds the day's rhythm. */
const HALF_LIFE_BUCKETS = 8_640;
/** A silence counts as at most this many empty buckets: neither one wrong timestamp nor a night may empty the mean. */
const EMPTY_MAX = 60;
/** Buckets before which nothing is usual. */
const KNOWN_FROM_BUCKETS = 30;
/** Variance over mean that is taken for granted, how many events that is worth, and the least there is: logs come in clumps. */
const PRIOR_DISPERSION = 2;
const PRIOR_EVENTS = 5;
const DISPERSION_MIN = 1.05;

const FADING = 2 ** (-1 / HALF_LIFE_BUCKETS);

/** One template's rate as JSON. */
export const templateRateState = z.strictObject({
  clock: bucketClockState,
  /** Counts of the open buckets, newest first. */
  open: z.array(z.int().min(0)).length(OPEN_MAX),
  /** Faded: buckets, sum of their counts, sum of their squares. */
  buckets: z.number().min(0),
  sum: z.number().min(0),
  squares: z.number().min(0),
});
export type TemplateRateState = z.infer<typeof templateRateState>;

/** How odd a count is, and what would be usual. */
export interface CountOdds {
  readonly surprise: number;
  readonly usual: number;
}

/** How often one template comes. */
export interface TemplateRate {
  readonly clock: BucketClock;
  /** Events counted in the bucket so far; undefined in one that is over. */
  countIn(bucket: number): number | undefined;
  /** undefined while too little is known. @param season what the hour multiplies the usual count by */
  odds(count: number, season: number): CountOdds | undefined;
  /** @param seasonOf of the bucket that is over */
  learn(bucket: number, seasonOf: (bucket: number) => number): void;
  snapshot(): TemplateRateState;
}

/** Counts in buckets of 10 s against their exponentially faded mean and variance; see countSurprise. */
export function createTemplateRate(state?: TemplateRateState): TemplateRate {
  const clock = createBucketClock(OPEN_MAX, state?.clock);
  const open: number[] = state === undefined ? new Array<number>(OPEN_MAX).fill(0) : [...state.open];
  let buckets = state?.buckets ?? 0;
  let sum = state?.sum ?? 0;
  let squares = state?.squares ?? 0;

  const close = (count: number) => {
    buckets = buckets * FADING + 1;
    sum = sum * FADING + count;
    squares = squares * FADING + count ** 2;
  };
  const closeEmpty = (empty: number) => {
    const fading = FADING ** empty;
    buckets = buckets * fading + (1 - fading) / (1 - FADING);
    sum *= fading;
    squares *= fading;
  };

  return {
    clock,
    countIn(bucket) {
      const place = clock.placeOf(bucket);
      if (place.kind === "late") return undefined;
      return place.kind === "open" ? (open[place.age] ?? 0) : 0;
    },
    odds(count, season) {
      if (buckets < KNOWN_FROM_BUCKETS) return undefined;
      const mean = Math.max(sum, 0.5) / buckets;
      const spread = squares - sum ** 2 / buckets + PRIOR_EVENTS * PRIOR_DISPERSION;
      const dispersion = Math.max(DISPERSION_MIN, spread / (sum + PRIOR_EVENTS));
      const usual = mean * season;
      return { surprise: countSurprise(count, usual, 1 + (dispersion - 1) * season), usual };
    },
    learn(bucket, seasonOf) {
      const before = clock.newest();
      const place = clock.advance(bucket);
      if (place.kind === "late") return;
      if (place.kind === "open") {
        open[place.age] = (open[place.age] ?? 0) + 1;
        return;
      }
      const kept = place.by === 0 ? 0 : Math.max(0, OPEN_MAX - place.by);
      for (let age = OPEN_MAX - 1; before !== undefined && place.by > 0 && age >= kept; age--)
        close((open[age] ?? 0) / seasonOf(before - age));
      if (place.by > OPEN_MAX) closeEmpty(Math.min(EMPTY_MAX, place.by - OPEN_MAX));
      open.copyWithin(OPEN_MAX - kept, 0, kept).fill(0, 0, OPEN_MAX - kept);
      open[0] = 1;
    },
    snapshot: () => ({ clock: clock.snapshot(), open: [...open], buckets, sum, squares }),
  };
}
