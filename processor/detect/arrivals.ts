import { z } from "zod";
import type { Listening } from "./attention.ts";
import { silentFor } from "./silent-for.ts";
import { waitSurprise } from "./upper-tail.ts";

/** Arrivals closer than this are one, in milliseconds: exporters send in batches. */
const APART_MS = 1_000;
/** Gaps over which the statistics fade. */
const GAPS_MAX = 200;
/** Gaps before which nothing is regular. */
const REGULAR_FROM_GAPS = 30;
/** Standard deviation over mean of the gaps, above which nobody waits for the next one. */
const VARIATION_MAX = 1.5;
/** No process is taken to be more regular than this shape: a variation of 1/4. */
const SHAPE_MAX = 16;
/** A silence is one from so many nats on: 4 times the usual gap for a heartbeat, 30 times for what comes by chance. */
const SILENT_FROM_NATS = 25;
/** No silence is shorter than this, in milliseconds, nor than so many times the longest gap lately. */
const SILENT_MIN_MS = 30_000;
const LONGEST_TIMES = 2.5;
/** What the longest gap weighs after another gap. */
const LONGEST_FADING = 0.995;
/** A pause that was odd because everybody paused makes the longest gap longer by so much at most: it takes many to be a habit. */
const PAUSE_GROWTH = 1.1;

/** Gaps between arrivals as JSON, in milliseconds of the wall clock. */
export const arrivalsState = z.strictObject({
  gaps: z.number().min(0),
  mean: z.number().min(0),
  variance: z.number().min(0),
  longest: z.number().min(0),
});
export type ArrivalsState = z.infer<typeof arrivalsState>;

/** A silence that is odd. */
export interface Silence {
  readonly surprise: number;
  readonly silentMs: number;
  readonly usualMs: number;
  /** The longest gap lately. */
  readonly longestMs: number;
}

/** How regularly something arrives, by the wall clock. */
export interface Arrivals {
  /** A gap that began before somebody listened is no habit of what arrives; nor is one in which everybody paused, once it is known how
   * regularly this one arrives. */
  arrive(nowMs: number, listening: Listening): void;
  /** undefined while it is not silent, was not seen since the start, or its silence was told. @param fromMs silence from before does not count */
  silence(nowMs: number, fromMs: number): Silence | undefined;
  /** Its silence is known, until it comes back. */
  tell(): void;
  /** When it came last; undefined where it was not seen since the start. */
  lastMs(): number | undefined;
  /** The longest gap lately; undefined while too few are known. */
  longestMs(): number | undefined;
  snapshot(): ArrivalsState;
}

/** Mean and variance of the gaps, faded over 200 of them; a silence that was told is not learned from. */
export function createArrivals(state?: ArrivalsState): Arrivals {
  let { gaps, mean, variance, longest } = state ?? { gaps: 0, mean: 0, variance: 0, longest: 0 };
  /** Its last arrival since the start. */
  let lastMs: number | undefined;
  /** The last arrival that ended a gap. */
  let countedMs = 0;
  let isTold = false;

  const learn = (gapMs: number) => {
    gaps = Math.min(GAPS_MAX, gaps + 1);
    const difference = gapMs - mean;
    mean += difference / gaps;
    variance += (difference * (gapMs - mean) - variance) / gaps;
    longest = Math.max(gapMs, longest * LONGEST_FADING);
  };

  return {
    arrive(nowMs, { deliveredMs, pausedMs }) {
      const gapMs = nowMs - countedMs;
      // A gap below 0: the clock was set back.
      const isFirst = lastMs === undefined || isTold || lastMs < deliveredMs || gapMs < 0;
      const isPause = lastMs !== undefined && lastMs < pausedMs && gaps >= REGULAR_FROM_GAPS;
      lastMs = nowMs;
      isTold = false;
      if (!isFirst && gapMs < APART_MS) return;
      countedMs = nowMs;
      if (isFirst) return;
      if (isPause) longest = Math.max(longest, Math.min(gapMs, PAUSE_GROWTH * longest));
      else learn(gapMs);
    },
    silence(nowMs, fromMs) {
      if (lastMs === undefined || isTold || gaps < REGULAR_FROM_GAPS) return undefined;
      const silentMs = silentFor(lastMs, nowMs, fromMs);
      if (silentMs < Math.max(SILENT_MIN_MS, LONGEST_TIMES * longest)) return undefined;
      if (variance > (VARIATION_MAX * mean) ** 2) return undefined;
      const shape = Math.min(SHAPE_MAX, mean ** 2 / Math.max(variance, Number.MIN_VALUE));
      const surprise = waitSurprise(silentMs, mean, shape);
      return surprise < SILENT_FROM_NATS
        ? undefined
        : { surprise, silentMs, usualMs: mean, longestMs: longest };
    },
    tell() {
      isTold = true;
    },
    lastMs: () => lastMs,
    longestMs: () => (gaps < REGULAR_FROM_GAPS ? undefined : longest),
    snapshot: () => ({ gaps, mean, variance, longest }),
  };
}
