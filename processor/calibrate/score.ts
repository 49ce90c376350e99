/** The smallest probability that is ever claimed: no reservoir supports a smaller one. */
export const P_MIN = 1e-9;

/** The smallest probability that is reckoned with on the way to a score, so that what lies far beyond every sample keeps its
 * order. */
export const P_FLOOR = 1e-300;

/** score = 1 - p^(1/4). Example: 0.01 gives 0.684, 5.06e-4 gives 0.85, 1e-6 gives 0.968. */
export function scoreOf(pValue: number): number {
  return 1 - Math.min(1, Math.max(P_MIN, pValue)) ** 0.25;
}

/** The p-value of a score: the inverse of {@link scoreOf}. Example: 0.85 gives 5.06e-4. */
export function pValueOf(score: number): number {
  return (1 - score) ** 4;
}
