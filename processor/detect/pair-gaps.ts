import { z } from "zod";
import { stateList } from "../template/state-list.ts";
import {
  addValue,
  type RunningMoments,
  runningMoments,
  runningMomentsState,
  zScore,
} from "./running-moments.ts";

/** Scale that is taken for granted, in nats of 1 + milliseconds: a fifth longer is never odd. */
const SCALE_MIN = 0.2;
/** Gaps of a pair before which none is usual. */
const KNOWN_FROM_GAPS = 10;
/** Gaps above 0 before which a service's events count as having no times. */
const TIMED_FROM_GAPS = 20;
/** A gap that is too short is worth this share of one that is too long: in interleaved streams any gap may be cut short. */
const SHORT_WEIGHT = 0.25;

/** One service's gaps as JSON: gaps above 0 so far, then the pairs as [key, moments], least recently seen first. */
export const pairGapsState = z.strictObject({
  timed: z.int().min(0),
  pairs: z.array(z.tuple([z.string(), runningMomentsState])),
});
export type PairGapsState = z.infer<typeof pairGapsState>;

/** How odd a gap is, and what is usual. */
export interface GapOdds {
  readonly surprise: number;
  readonly usualMs: number;
}

/** The time between one template and the next, in one service: surprise is |z| of ln(1 + gap), as if gaps had power-law tails. */
export interface PairGaps {
  /** undefined while too little is known, and where events have no times. */
  odds(before: string, template: string, gapMs: number): GapOdds | undefined;
  learn(before: string, template: string, gapMs: number): void;
  /** Pairs kept. */
  readonly size: number;
  /** As JSON a {@link PairGapsState}. */
  snapshot(): unknown;
}

/** @param pairsMax over it the least recently seen one is forgotten */
export function createPairGaps(pairsMax: number, state?: PairGapsState): PairGaps {
  const pairs = new Map<string, RunningMoments>(
    (state?.pairs ?? []).slice(-pairsMax).map(([key, moments]) => [key, runningMoments(moments)]),
  );
  let timed = state?.timed ?? 0;

  return {
    get size() {
      return pairs.size;
    },
    odds(before, template, gapMs) {
      const known = timed < TIMED_FROM_GAPS ? undefined : pairs.get(keyOf(before, template));
      if (known === undefined || known.values < KNOWN_FROM_GAPS) return undefined;
      const z = zScore(known, Math.log1p(gapMs), SCALE_MIN);
      const surprise = Math.abs(z) * (z > 0 ? 1 : SHORT_WEIGHT);
      return { surprise, usualMs: Math.expm1(known.mean) };
    },
    learn(before, template, gapMs) {
      const key = keyOf(before, template);
      const known = pairs.get(key) ?? runningMoments();
      pairs.delete(key);
      pairs.set(key, known);
      if (gapMs > 0) timed = Math.min(TIMED_FROM_GAPS, timed + 1);
      addValue(known, Math.log1p(gapMs), SCALE_MIN);
      if (pairs.size <= pairsMax) return;
      const [oldest] = pairs.keys();
      if (oldest !== undefined) pairs.delete(oldest);
    },
    snapshot: () => ({
      timed,
      pairs: stateList(pairs, ([key, { values, mean, variance }]) => [key, [values, mean, variance]]),
    }),
  };
}

function keyOf(before: string, template: string): string {
  return `${before}\0${template}`;
}
