import { z } from "zod";
import type { DetectorName, Evidence } from "../detect/detector.ts";
import { combine, jointStrength, sessionWeight } from "./combine.ts";
import type { CalibrateConfig } from "./config.ts";
import { createDetectorSamples, detectorSamplesState, sampledWeightsState } from "./detector-samples.ts";
import { createDriftCorrection, type DriftCorrection, driftCorrectionState } from "./drift-correction.ts";
import { ownShare, priorProbability } from "./learning-band.ts";
import { reservoirState } from "./reservoir.ts";
import { createSampledDistribution } from "./sampled-distribution.ts";
import { P_FLOOR } from "./score.ts";
import type { Contribution, Verdict } from "./verdict.ts";

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

/** What the evidence comes to. */
export type Assessment = Pick<Verdict, "pValue" | "strength" | "contributions">;

/** event: all evidence is about one event. session: it comes from all over a session. */
export type Scope = "event" | "session";

/** What evidence of one scope is measured against in one service. */
export interface ScopeCalibration {
  /**
   * @param kept a p-value below which the verdict may not fall, whatever the evidence
   * @param familiarity how well the event's template is known, 0 to 1: habits count as little as it is
   */
  assess(evidence: readonly Evidence[], kept: number, familiarity: number): Assessment;
  /** The verdict was given: counts for the drift whatever it was. */
  count(pValue: number): void;
  /**
   * Takes the evidence into the sample of the normal.
   * @param strength of all of it together; undefined where part of what was said is left out
   */
  learn(contributions: readonly Contribution[], strength: number | undefined): void;
  readonly learned: number;
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

  const detectorP = (evidence: Evidence, familiarity: number): number => {
    const { detector, surprise, detail } = evidence;
    if (surprise <= 0) return 1;
    const believed = isProbability(detector, detail)
      ? Math.max(P_FLOOR, Math.exp(-surprise))
      : priorProbability(surprise);
    const own = samples.of(detector);
    // Its surprise is a probability already: the sample can only contradict it.
    if (isProbability(detector, detail)) return Math.max(believed, own.seenShare(surprise));
    const share = familiarity * ownShare(samples.learnedFor(evidence), config.learning_records);
    const measured = scope === "event" ? own.pValue(surprise) : own.cautiousPValue(surprise);
    return share * measured + (1 - share) * believed;
  };

  /** @param p of all contributions together */
  const strengthOf = (contributions: readonly Contribution[], p: number): number =>
    scope === "event"
      ? -Math.log(p)
      : jointStrength(contributions, (name) => sessionWeight(samples.of(name).silentShare));

  return {
    get learned() {
      return learned;
    },
    assess(evidence, kept, familiarity) {
      const novelty = scope === "event" ? evidence.find(isNovelty) : undefined;
      const contributions = calibrated(evidence, novelty, (one) => detectorP(one, familiarity));
      const p = combine(contributions);
      const strength = strengthOf(contributions, p);
      const share = novelty === undefined ? ownShare(learned, config.learning_records) : 0;
      const measured = combined.pValue(strength);
      const blended = scope === "event" ? Math.max(p, share * measured) : share * measured + (1 - share) * p;
      return { contributions, strength, pValue: Math.max(drift.correct(blended), kept) };
    },
    count: (pValue) => drift.count(pValue),
    learn(contributions, strength) {
      if (contributions.length === 0) return;
      learned += 1;
      const novelty = scope === "event" ? contributions.find(isOfNovelty) : undefined;
      if (novelty !== undefined) return samples.learn(novelty.evidence);
      for (const { evidence } of contributions) samples.learn(evidence);
      if (strength !== undefined) combined.learn(strength);
    },
    snapshot: () => ({
      learned,
      combined: combined.snapshot(),
      ...samples.snapshot(),
      drift: drift.snapshot(),
    }),
  };
}

/** Whether the surprise is -ln of a probability that the detector has estimated itself. */
function isProbability(detector: DetectorName, detail: Evidence["detail"]): boolean {
  return detector === "new-template" || detail?.kind === "silence";
}

/**
 * The strongest first. That a message is new surprises every detector; how odd that is, the novelty detector alone says.
 * @param novelty of the event, where it is new
 */
function calibrated(
  evidence: readonly Evidence[],
  novelty: Evidence | undefined,
  pOf: (one: Evidence) => number,
): readonly Contribution[] {
  const pMin = novelty === undefined ? 0 : pOf(novelty);
  const contributions: Contribution[] = [];
  for (const one of evidence)
    insertByP(contributions, {
      detector: one.detector,
      pValue: Math.max(pMin, pOf(one)),
      evidence: one,
    });
  return contributions;
}

/** The smallest p-value first; of equal ones in the order that they come in. */
function insertByP(contributions: Contribution[], added: Contribution): void {
  let place = contributions.length;
  for (; place > 0; place -= 1) {
    const before = contributions[place - 1];
    if (before === undefined || before.pValue <= added.pValue) break;
    contributions[place] = before;
  }
  contributions[place] = added;
}

/** Whether the evidence says that its event is of a template never seen before: of such an event novelty alone is heard, whose
 * surprise needs no calibration (see isProbability). */
function isNovelty({ detector, surprise }: Evidence): boolean {
  return detector === "new-template" && surprise > 0;
}

/** The same of what a detector contributed. */
export function isOfNovelty({ evidence }: Contribution): boolean {
  return isNovelty(evidence);
}
