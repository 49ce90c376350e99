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

/**
 * How strongly several p-values speak together: the length of the vector of their -ln p. Between their smallest alone (a
 * session with one thing very odd) and their sum (one with many things somewhat odd). No p-value itself: it is measured
 * against the same of normal sessions. Example: [1e-6, 1] gives 13.8, [1e-6, 1e-6] gives 19.5.
 */
export function jointStrength(pValues: readonly number[]): number {
  return Math.sqrt(pValues.reduce((sum, p) => sum + Math.log(Math.min(1, Math.max(P_MIN, p))) ** 2, 0));
}
