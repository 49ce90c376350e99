/** Before a service is known, a detector of habits may not claim more than this: only novelty can alert then. */
const UNKNOWN_P_MIN = 1e-3;
/** Nats by which an untrained detector's surprise is taken to be exaggerated. */
const UNKNOWN_SCALE = 3;

/**
 * The p-value of a detector's surprise, in nats, before the service's own statistics count: held back, because a service
 * that nobody knows surprises every detector all the time.
 */
export function priorProbability(surprise: number): number {
  return Math.max(UNKNOWN_P_MIN, Math.exp(-surprise / UNKNOWN_SCALE));
}

/** How much the service's own statistics count, 0 to 1: in step with what has been learned. */
export function ownShare(learned: number, learningRecords: number): number {
  return Math.min(1, learned / learningRecords);
}
