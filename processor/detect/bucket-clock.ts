import { z } from "zod";

/** Late events that move on through so many buckets, without one in time, mean that the clock itself was wrong. */
const LATE_BUCKETS_MAX = 6;

/** A clock as JSON: the newest bucket, and the late ones since the last event in time. */
export const bucketClockState = z.strictObject({
  newest: z.int().optional(),
  lateNewest: z.int().optional(),
  late: z.int().min(0),
});
export type BucketClockState = z.infer<typeof bucketClockState>;

/** Where an event falls among the buckets. */
export type BucketPlace =
  /** In an open one; its age counts from the newest, which is 0. */
  | { readonly kind: "open"; readonly age: number }
  /** In a new one, `by` buckets after the newest so far. */
  | { readonly kind: "ahead"; readonly by: number }
  /** Before every open one. */
  | { readonly kind: "late" };

/** Time by the events themselves, cut into numbered buckets. The newest few are open, so that events may come out of order. */
export interface BucketClock {
  /** undefined before the first event. */
  newest(): number | undefined;
  placeOf(bucket: number): BucketPlace;
  /** Moves the clock for an event. Late events that go on and on set it back: "ahead" by 0 then says that nothing is open. */
  advance(bucket: number): BucketPlace;
  snapshot(): BucketClockState;
}

/** @param openMax how many buckets are open */
export function createBucketClock(openMax: number, state?: BucketClockState): BucketClock {
  let { newest, lateNewest, late } = state ?? { newest: undefined, lateNewest: undefined, late: 0 };

  const placeOf = (bucket: number): BucketPlace => {
    if (newest === undefined || bucket > newest) return { kind: "ahead", by: bucket - (newest ?? bucket) };
    return newest - bucket < openMax ? { kind: "open", age: newest - bucket } : { kind: "late" };
  };
  const restart = (bucket: number): BucketPlace => {
    newest = bucket;
    lateNewest = undefined;
    late = 0;
    return { kind: "ahead", by: 0 };
  };

  return {
    newest() {
      return newest;
    },
    placeOf,
    advance(bucket) {
      const place = placeOf(bucket);
      if (place.kind === "late") {
        if (bucket <= (lateNewest ?? Number.NEGATIVE_INFINITY)) return place;
        lateNewest = bucket;
        late += 1;
        return late < LATE_BUCKETS_MAX ? place : restart(bucket);
      }
      if (place.kind === "ahead") newest = bucket;
      lateNewest = undefined;
      late = 0;
      return place;
    },
    snapshot: () => ({ newest, lateNewest, late }),
  };
}
