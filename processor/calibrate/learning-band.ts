import type { DetectorName } from "../detect/detector.ts";
import { fitTail, tailProbability } from "./tail.ts";

/** Before a service is known, a detector of habits may not claim more than this: only novelty can alert then. */
const UNKNOWN_P_MIN = 1e-3;
/** Nats by which an untrained detector's surprise is taken to be exaggerated. */
const UNKNOWN_SCALE = 3;
/** Smallest scale of a shipped prior's tail, in nats: a strange service is odder than the ones that the prior comes from. */
const PRIOR_SCALE_MIN = 1;

/** Surprises of normal events in services at large, ascending, for each detector that has them. */
export type Prior = Partial<Record<DetectorName, readonly number[]>>;

/** What is thought of a surprise before the service's own statistics count. */
export type PriorProbability = (detector: DetectorName, surprise: number) => number;

/**
 * The prior: the shipped sample where there is one; every other detector held back, because a service that nobody knows
 * surprises it all the time.
 */
export function createPriorProbability(prior: Prior = {}): PriorProbability {
  const samples = new Map(
    Object.entries(prior).map(([detector, values]) => {
      const ascending = Float32Array.from(values).sort();
      return [detector, { ascending, tail: fitTail(ascending, PRIOR_SCALE_MIN) }] as const;
    }),
  );
  return (detector, surprise) => {
    const sample = samples.get(detector);
    if (sample === undefined) return Math.max(UNKNOWN_P_MIN, Math.exp(-surprise / UNKNOWN_SCALE));
    if (surprise > sample.tail.from) return Math.max(UNKNOWN_P_MIN, tailProbability(sample.tail, surprise));
    const above = sample.ascending.length - sample.ascending.findIndex((value) => value >= surprise);
    return (above + 1) / (sample.ascending.length + 1);
  };
}

/** How much the service's own statistics count, 0 to 1: in step with what has been learned. */
export function ownShare(learned: number, learningRecords: number): number {
  return Math.min(1, learned / learningRecords);
}
