import { z } from "zod";
import { type DetectorName, detectorNumber } from "../detect/evidence.ts";
import { type Claim, claimOf } from "./claim.ts";
import { combine, jointStrength, sessionWeight } from "./combine.ts";
import type { CalibrateConfig } from "./config.ts";
import {
  createDetectorSamples,
  type DetectorSamples,
  detectorSamplesState,
  sampledWeightsState,
} from "./detector-samples.ts";
import { createDriftCorrection, type DriftCorrection, driftCorrectionState } from "./drift-correction.ts";
import type { ExpectedClaim } from "./expected-kinds.ts";
import type { DetectorWeights } from "./feedback.ts";
import { type Grounds, NOVELTY } from "./grounds.ts";
import { ownShare } from "./learning-band.ts";
import { createPValues, isNew, type Scope, type Subject } from "./p-values.ts";
import { type Assessment, quiet } from "./quiet.ts";
import { reservoirState } from "./reservoir.ts";
import { createSampledDistribution } from "./sampled-distribution.ts";

/** Smallest tail scale of a detector, in nats: an event's surprise half a nat higher is never much rarer than half as likely.
 * A session's is a mean of several, of which fewer are known. */
const DETECTOR_SCALE_MIN: Readonly<Record<Scope, number>> = { event: 0.5, session: 1 };
/** Of the combination: -ln p of calibrated p-values falls off with scale 1. */
const COMBINED_SCALE_MIN = 1;

/** One scope's distributions as JSON. */
export const scopeCalibrationState = z.strictObject({
  learned: z.int().min(0),
  combined: reservoirState,
  detectors: detectorSamplesState,
  /** Missing in what was saved before weights were told apart. */
  weights: sampledWeightsState.optional(),
  drift: driftCorrectionState,
});
export type ScopeCalibrationState = z.infer<typeof scopeCalibrationState>;

/** What evidence of one scope is measured against in one service. */
export interface ScopeCalibration {
  /**
   * Assesses each detector's surprise, and all of them together.
   * @param kept a p-value below which the verdict may not fall, whatever the evidence
   * @param subject what is known of what it is about
   * @param weights how much each detector counts
   * @param expected what people called expected of this kind
   */
  assess(
    grounds: Grounds,
    kept: number,
    subject: Subject,
    weights?: DetectorWeights,
    expected?: readonly ExpectedClaim[],
  ): Assessment;
  /** The verdict was given: counts for the drift whatever it was. */
  count(pValue: number): void;
  /**
   * Takes the surprises into the sample of the normal.
   * @param strength of all of them together
   * @param model the weights in use: what others were surprised by that were replaced since is no sample for them
   */
  learn(grounds: Grounds, strength: number, model: string): void;
  learned(): number;
  snapshot(): ScopeCalibrationState;
}

/**
 * Conformal p-values for each detector, combined, and the combination measured against its own past once more: so the
 * dependence between detectors is calibrated away, whatever it is. Of an event they are combined by their harmonic mean,
 * which needs no such past to be valid; of a session, once there is a past, by their joint strength. Last, what autocorrelation
 * and drift make of the promise is corrected by what came true (see drift-correction.ts).
 */
export function createScopeCalibration(
  scope: Scope,
  config: CalibrateConfig,
  state?: ScopeCalibrationState,
): ScopeCalibration {
  const size = config.reservoir_size;
  const samples = createDetectorSamples(
    (saved) => createSampledDistribution(size, DETECTOR_SCALE_MIN[scope], saved),
    state?.detectors,
    state?.weights,
  );
  const combined = createSampledDistribution(size, COMBINED_SCALE_MIN, state?.combined);
  const drift: DriftCorrection = createDriftCorrection(state?.drift);
  let learned = state?.learned ?? 0;

  const pValuesOf = createPValues(scope, samples, config.learning_records);
  const sessionStrength = (grounds: Grounds, unheard: readonly Claim[], weights: DetectorWeights): number =>
    jointStrength(
      grounds.contributions().filter(({ detector }) => !unheard.includes(claimOf(detector))),
      (name) => sessionWeight(samples.of(name).silentShare()) * (weights?.[detectorNumber(name)] ?? 1),
    );
  /** @param pValues of the grounds, 1 where a claim is not to be heard */
  const comesTo = (
    grounds: Grounds,
    pValues: readonly number[],
    unheard: readonly Claim[],
    kept: number,
    weights: DetectorWeights,
  ): Assessment => {
    const apart = scope === "event" ? placeOf(ORDER_CHANGE, grounds) : -1;
    const changed = pValues[apart] ?? 1;
    const rest = changed < 1 ? pValues.with(apart, 1) : pValues;
    const p = combineIn(grounds, rest, weights);
    const strength = scope === "event" ? -Math.log(p) : sessionStrength(grounds, unheard, weights);
    const share = isNew(scope, grounds) ? 0 : ownShare(learned, config.learning_records);
    const measured = combined.pValue(strength);
    const blended = scope === "event" ? Math.max(p, share * measured) : share * measured + (1 - share) * p;
    const all = changed < 1 ? combine([blended, changed], besides(ORDER_CHANGE, weights)) : blended;
    return { strength, pValue: Math.max(drift.correct(all), kept), quieted: undefined };
  };

  return {
    learned() {
      return learned;
    },
    assess(grounds, kept, subject, weights, expected) {
      const { pValues, held } = pValuesOf(grounds, subject);
      const least = held === undefined ? kept : Math.max(kept, combineIn(grounds, held, weights));
      const all = comesTo(grounds, pValues, ALL_HEARD, least, weights);
      if (expected === undefined) return all;
      return quiet(all, expected, scope, grounds, (claims) => {
        const rest = pValues.map((p, index) => (claims.includes(claimOf(grounds.detector(index))) ? 1 : p));
        return comesTo(grounds, rest, claims, kept, weights).pValue;
      });
    },
    count: (pValue) => drift.count(pValue),
    learn(grounds, strength, model) {
      const isNovel = isNew(scope, grounds);
      const { heard, isWhole } = learnSurprises(samples, grounds, model, isNovel);
      if (heard > 0) learned += 1;
      if (heard > 0 && isWhole && !isNovel) combined.learn(strength);
    },
    snapshot: () => ({
      learned,
      combined: combined.snapshot(),
      ...samples.snapshot(),
      drift: drift.snapshot(),
    }),
  };
}

/** What adds up over many events is a probability, and is not measured once more against how odd single ones were. */
const ORDER_CHANGE: DetectorName = "order-change";
const ALL_HEARD: readonly Claim[] = [];

/** -1 where the detector was not asked. */
function placeOf(detector: DetectorName, grounds: Grounds): number {
  for (let index = 0; index < grounds.size; index += 1)
    if (grounds.detector(index) === detector) return index;
  return -1;
}

function combineIn(grounds: Grounds, pValues: readonly number[], weights: DetectorWeights): number {
  return combine(pValues, weights === undefined ? undefined : weightsIn(grounds, weights));
}

/** Of all others together, who weigh 1 on average, and of a detector beside them. */
function besides(detector: DetectorName, weights: DetectorWeights): readonly number[] | undefined {
  return weights === undefined ? undefined : [1, weights[detectorNumber(detector)] ?? 1];
}

/** The weights in the order of the grounds. */
function weightsIn(grounds: Grounds, weights: readonly number[]): readonly number[] {
  const own: number[] = [];
  for (let index = 0; index < grounds.size; index += 1) own.push(weights[grounds.number(index)] ?? 1);
  return own;
}

/**
 * Of an event that is new the novelty alone is learned from.
 * @returns how many surprises were heard, and whether none of them comes from weights that were replaced
 */
function learnSurprises(samples: DetectorSamples, grounds: Grounds, model: string, isNovel: boolean) {
  let heard = 0;
  let isWhole = true;
  for (let index = 0; index < grounds.size; index += 1) {
    const surprise = grounds.surprise(index);
    const weights = grounds.model(index);
    if (Number.isNaN(surprise)) continue;
    if (weights !== undefined && weights !== model) {
      isWhole = false;
      continue;
    }
    heard += 1;
    const detector = grounds.detector(index);
    if (!isNovel || detector === NOVELTY) samples.learn(detector, surprise, weights);
  }
  return { heard, isWhole };
}
