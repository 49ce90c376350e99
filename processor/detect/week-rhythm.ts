import { z } from "zod";
import { bucketClockState, createBucketClock } from "./bucket-clock.ts";

const HOUR_MS = 3_600_000;
const HOURS_A_WEEK = 168;
/** Hours of data before a rhythm is believed: two weeks. */
const BELIEVED_FROM_HOURS = 2 * HOURS_A_WEEK;
/** What an hour's earlier weeks still weigh when a week is added. */
const WEEK_FADING = 0.7;
/** How many ordinary hours each hour of the week is thought to have had besides its own. */
const PRIOR_HOURS = 0.5;
/** An hour multiplies the usual count by no less and no more. */
const FACTOR_MIN = 0.2;
const FACTOR_MAX = 5;

const hours = z.array(z.number().min(0)).length(HOURS_A_WEEK);

/** A service's rhythm as JSON: weights and faded counts by hour of the week, then the hour that is running. */
export const weekRhythmState = z.strictObject({
  weights: hours,
  sums: hours,
  closed: z.int().min(0),
  clock: bucketClockState,
  running: z.int().min(0),
});
export type WeekRhythmState = z.infer<typeof weekRhythmState>;

/** How busy a service is by hour of the week (UTC). */
export interface WeekRhythm {
  /** What the hour multiplies the usual count by; 1 until there are two weeks of data. */
  factorAt(timeMs: number): number;
  learn(timeMs: number): void;
  snapshot(): WeekRhythmState;
}

/** Multiplicative seasonality, hour of the week over the mean of all hours. Late events count in the running hour. */
export function createWeekRhythm(state?: WeekRhythmState): WeekRhythm {
  const weights = Float64Array.from(state?.weights ?? new Array<number>(HOURS_A_WEEK).fill(0));
  const sums = Float64Array.from(state?.sums ?? new Array<number>(HOURS_A_WEEK).fill(0));
  const clock = createBucketClock(HOURS_A_WEEK, state?.clock);
  let closed = state?.closed ?? 0;
  let running = state?.running ?? 0;
  let mean = meanOf(sums, weights);

  const close = (hour: number, count: number) => {
    const slot = slotOf(hour);
    weights[slot] = (weights[slot] ?? 0) * WEEK_FADING + 1;
    sums[slot] = (sums[slot] ?? 0) * WEEK_FADING + count;
    closed += 1;
  };

  return {
    factorAt(timeMs) {
      if (closed < BELIEVED_FROM_HOURS || mean === 0) return 1;
      const slot = slotOf(Math.floor(timeMs / HOUR_MS));
      const own = (sums[slot] ?? 0) + PRIOR_HOURS * mean;
      const factor = own / ((weights[slot] ?? 0) + PRIOR_HOURS) / mean;
      return Math.min(FACTOR_MAX, Math.max(FACTOR_MIN, factor));
    },
    learn(timeMs) {
      const before = clock.newest();
      const place = clock.advance(Math.floor(timeMs / HOUR_MS));
      if (place.kind === "ahead" && before !== undefined) {
        // By 0: the clock was wrong, and so was the hour that ran.
        if (place.by > 0) close(before, running);
        // Over a week nobody was there, or the clock is wrong: of neither is known that nothing came.
        if (place.by <= HOURS_A_WEEK) for (let by = 1; by < place.by; by++) close(before + by, 0);
        mean = meanOf(sums, weights);
        running = 0;
      }
      running += 1;
    },
    snapshot: () => ({
      weights: [...weights],
      sums: [...sums],
      closed,
      clock: clock.snapshot(),
      running,
    }),
  };
}

function slotOf(hour: number): number {
  return ((hour % HOURS_A_WEEK) + HOURS_A_WEEK) % HOURS_A_WEEK;
}

function meanOf(sums: Float64Array, weights: Float64Array): number {
  const weight = weights.reduce((total, one) => total + one, 0);
  return weight === 0 ? 0 : sums.reduce((total, one) => total + one, 0) / weight;
}
