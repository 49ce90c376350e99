import { z } from "zod";

/** The probability at which promise and reality are compared: common enough to be measured soon, and so common that the
 * true anomalies of a healthy service hardly show in it. */
const WATCHED_P = 0.01;
/** Verdicts over which the measurement fades. */
const MEMORY = 20_000;
/** How many verdicts that kept the promise the measurement starts with. */
const PRIOR_VERDICTS = 1_000;
/** Reality may differ by this factor before anything is corrected: less is chance. */
const TOLERATED = 1.5;
/** Past it something is broken, and holding verdicts back further would hide it. */
const CORRECTION_MAX = 10;

/** The measurement as JSON: faded numbers of verdicts and of those with a p-value of at most 0.01. */
export const driftCorrectionState = z.strictObject({
  verdicts: z.number().min(0),
  small: z.number().min(0),
});
export type DriftCorrectionState = z.infer<typeof driftCorrectionState>;

/** Holds p-values to what they promise. */
export interface DriftCorrection {
  correct(pValue: number): number;
  /** Counts a verdict by the p-value that was given out. */
  count(pValue: number): void;
  snapshot(): DriftCorrectionState;
}

/**
 * Conformal p-values promise that a share p of exchangeable normal events has a p-value of at most p. Logs are not
 * exchangeable: they come in bursts and drift, and then more events than promised look odd until the sample has caught up.
 * After adaptive conformal inference (Gibbs and Candès, NeurIPS 2021) the share that really fell below 0.01 is followed,
 * and while it is too high, p-values are raised by the factor that it is off. Being below 0.01 is no alert, so this
 * needs no labels, and an incident of few records changes nothing.
 */
export function createDriftCorrection(state?: DriftCorrectionState): DriftCorrection {
  let verdicts = state?.verdicts ?? PRIOR_VERDICTS;
  let small = state?.small ?? PRIOR_VERDICTS * WATCHED_P;
  const factor = () => {
    const ratio = small / Math.max(1, verdicts) / WATCHED_P;
    return Math.min(CORRECTION_MAX, Math.max(1, ratio / TOLERATED));
  };
  return {
    correct: (pValue) => Math.min(1, pValue * factor()),
    count(pValue) {
      const fading = 1 - 1 / MEMORY;
      verdicts = verdicts * fading + 1;
      small = small * fading + (pValue / factor() <= WATCHED_P ? 1 : 0);
    },
    snapshot: () => ({ verdicts, small }),
  };
}
