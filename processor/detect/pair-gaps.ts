import { z } from "zod";
import { stateList } from "../template/state-list.ts";
import { createPairs } from "./pairs.ts";
import { addValue, runningMoments, runningMomentsState, zScore } from "./running-moments.ts";

/** Scale that is taken for granted, in nats of 1 + milliseconds: a fifth longer is never odd. */
const SCALE_MIN = 0.2;
/** Gaps of a pair before which none is usual. */
const KNOWN_FROM_GAPS = 10;
/** Gaps above 0 before which a service's events count as having no times. */
const TIMED_FROM_GAPS = 20;
/** A gap that is too short is worth this share of one that is too long: in interleaved streams any gap may be cut short. */
const SHORT_WEIGHT = 0.25;

/** Between the two ids of a key. */
const SEPARATOR = "\0";

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
  /** Gaps that it was learned from, at most as many as are remembered. */
  readonly cases: number;
}

/** The time between one template and the next, in one service: surprise is |z| of ln(1 + gap), as if gaps had power-law tails. */
export interface PairGaps {
  /** undefined while too little is known, and where events have no times. */
  odds(before: string, template: string, gapMs: number): GapOdds | undefined;
  learn(before: string, template: string, gapMs: number): void;
  /** Pairs kept. */
  size(): number;
  /** As JSON a {@link PairGapsState}. */
  snapshot(): unknown;
}

/** @param pairsMax over it the least recently seen tenth is forgotten */
export function createPairGaps(pairsMax: number, state?: PairGapsState): PairGaps {
  const pairs = createPairs(pairsMax);
  for (const [key, moments] of (state?.pairs ?? []).slice(-pairsMax)) {
    const [before = "", template = ""] = key.split(SEPARATOR);
    Object.assign(pairs.use(before, template), runningMoments(moments));
  }
  let timed = state?.timed ?? 0;

  return {
    size() {
      return pairs.size();
    },
    odds(before, template, gapMs) {
      const known = timed < TIMED_FROM_GAPS ? undefined : pairs.peek(before, template);
      if (known === undefined || known.values < KNOWN_FROM_GAPS) return undefined;
      const z = zScore(known, Math.log1p(gapMs), SCALE_MIN);
      const surprise = Math.abs(z) * (z > 0 ? 1 : SHORT_WEIGHT);
      return { surprise, usualMs: Math.expm1(known.mean), cases: known.values };
    },
    learn(before, template, gapMs) {
      if (gapMs > 0) timed = Math.min(TIMED_FROM_GAPS, timed + 1);
      addValue(pairs.use(before, template), Math.log1p(gapMs), SCALE_MIN);
    },
    snapshot: () => ({
      timed,
      pairs: stateList(pairs.oldestFirst(), ([before, template, { values, mean, variance }]) => [
        `${before}${SEPARATOR}${template}`,
        [values, mean, variance],
      ]),
    }),
  };
}
