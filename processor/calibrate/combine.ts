import { P_MIN } from "./score.ts";

/**
 * One p-value from several: their harmonic mean (Wilson, PNAS 2019), with equal weights. It holds for dependent detectors
 * too, is ruled by the smallest, and, unlike the Cauchy combination, bears a p-value of 1, which is what a detector that
 * is mostly silent gives. Example: [1e-6, 1, 0.5] gives 3e-6. No p-values at all give 1.
 */
export function combine(pValues: readonly number[]): number {
  if (pValues.length === 0) return 1;
  const inverse = pValues.reduce((sum, p) => sum + 1 / Math.min(1, Math.max(P_MIN, p)), 0);
  return pValues.length / inverse;
}
