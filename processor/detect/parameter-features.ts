import type { TemplateMatch } from "../template/template-miner.ts";
import type { ParameterOddity } from "./parameter-slot.ts";

/** Standard deviations from which a number is somewhat and very odd. */
const SOMEWHAT_FROM_Z = 3;
const VERY_FROM_Z = 6;

/** How many numbers {@link parameterFeatures} gives. */
export const PARAMETER_FEATURES = 4;

/** What an event model is told of an event's parameters. */
export interface ParameterProfile {
  /** See {@link parameterFeatures}; changes nothing. */
  features(service: string, match: TemplateMatch): readonly number[];
}

/**
 * An event's parameters in four numbers that take few values, so that equal rows stay equal:
 * [has parameters 0/1, its oddest number 0 (|z| < 3), 0.5 (< 6) or 1, a value never seen in a slot of few 0/1, an error's
 * status code 0/1]. Example: most events give [1, 0, 0, 0].
 * @param oddities empty where nothing is known of the template
 */
export function parameterFeatures(
  parameters: readonly string[],
  oddities: readonly ParameterOddity[],
): readonly number[] {
  if (oddities.length === 0) return parameters.length > 0 ? USUAL : NONE;
  const z = oddities.reduce((most, one) => Math.max(most, one.z), 0);
  return [
    parameters.length > 0 ? 1 : 0,
    z < SOMEWHAT_FROM_Z ? 0 : z < VERY_FROM_Z ? 0.5 : 1,
    oddities.some(({ isNewValue }) => isNewValue) ? 1 : 0,
    oddities.some(({ isErrorStatus }) => isErrorStatus) ? 1 : 0,
  ];
}

const NONE: readonly number[] = [0, 0, 0, 0];
const USUAL: readonly number[] = [1, 0, 0, 0];
