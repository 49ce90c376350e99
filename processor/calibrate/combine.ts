import { P_FLOOR } from "./score.ts";

/**
 * One p-value from several: the weighted harmonic mean (Wilson, PNAS 2019) of those that say anything. It holds for dependent
 * detectors too, is ruled by the smallest, and a detector that is silent (a p-value of 1 or NaN) takes nothing from what the
 * others say, however many there are. Example: 1e-6, 1 and 0.5 give 2e-6. No p-values at all give 1.
 *
 * @param weights of the p-values, in their order; undefined: all 1
 */
export function combine(pValues: readonly number[], weights?: readonly number[]): number {
  let speaking = 0;
  let inverse = 0;
  for (let index = 0; index < pValues.length; index += 1) {
    const pValue = pValues[index] ?? 1;
    if (pValue < 1) {
      const weight = weights?.[index] ?? 1;
      speaking += weight;
      inverse += weight / Math.max(P_FLOOR, pValue);
    }
  }
  return speaking === 0 ? 1 : speaking / inverse;
}

/** 1 would add everything up, infinity would hear the loudest alone. */
const NORM = 3;

/**
 * How strongly several p-values speak together: the 3-norm of their weighted -ln p. Between their smallest alone (a session
 * with one thing very odd) and their sum (one with many things somewhat odd). No p-value itself: it is measured against the
 * same of normal sessions. Example: 1e-6 and 1 with weight 1 give 13.8, 1e-6 twice gives 17.4.
 */
export function jointStrength<Name>(
  all: readonly { readonly pValue: number; readonly detector: Name }[],
  weightOf: (detector: Name) => number,
): number {
  const powers = all.map(
    ({ pValue, detector }) =>
      (weightOf(detector) * -Math.log(Math.min(1, Math.max(P_FLOOR, pValue)))) ** NORM,
  );
  return powers.reduce((sum, power) => sum + power, 0) ** (1 / NORM);
}

/** What a detector that speaks of every session is heard, to one that is silent on every normal one. */
const WEIGHT_MIN = 0.3;

/**
 * How much a detector is heard in a verdict on a session: the more, the more of the normal sessions it is silent on. Of those
 * that speak always one is surprised by chance in every session, and the more there are of them, the louder their chance.
 * @param silentShare measured on normal sessions alone, 0 to 1
 */
export function sessionWeight(silentShare: number): number {
  return WEIGHT_MIN + (1 - WEIGHT_MIN) * silentShare;
}
