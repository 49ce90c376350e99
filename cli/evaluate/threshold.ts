import { fitTail } from "../../processor/calibrate/tail.ts";

/**
 * The threshold that a share `alpha` of normal units is promised to exceed, from the scores of normal units that the detector
 * has not learned from: the conformal quantile, the k-th smallest with k = ceil((n + 1) (1 - alpha)) (Vovk et al., 2005).
 * Where the sample is too small for it (k > n), the fitted tail beyond the sample's highest score.
 * Units are flagged above the threshold, not at it. No label plays a part.
 *
 * @throws Error for a sample without scores
 */
export function calibratedThreshold(normalScores: Float64Array, alpha: number): number {
  const ascending = normalScores.toSorted();
  const highest = ascending.at(-1);
  if (highest === undefined) throw new Error("no scores to calibrate with");
  const k = Math.ceil((ascending.length + 1) * (1 - alpha));
  return ascending[k - 1] ?? Math.max(highest, tailQuantile(ascending, alpha));
}

/** The value that the tail of the sample exceeds with probability alpha. */
function tailQuantile(ascending: Float64Array, alpha: number): number {
  // Scores have no unit in common, so no smallest scale is known: a sample of equal scores ends at its highest.
  const { from, mass, scale, shape } = fitTail(Float32Array.from(ascending), Number.MIN_VALUE);
  const excess = mass / alpha;
  return from + scale * (shape === 0 ? Math.log(excess) : (excess ** shape - 1) / shape);
}
