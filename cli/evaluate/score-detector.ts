import { type CalibrationPlan, planCalibration } from "./calibration-plan.ts";
import type { DetectorUnderTest, FitContext, Scorer } from "./detector-under-test.ts";
import type { EvaluationSet, Unit } from "./evaluation-set.ts";

/** What a detector gave, before anybody has looked at a label. */
export interface ScoredRun {
  readonly detector: string;
  readonly seed: number;
  /** One for each test unit, in order. */
  readonly scores: Float64Array;
  /** Scores of normal units that the detector did not learn from: what thresholds are set with. */
  readonly calibration: Float64Array;
}

/** A detector that is fitted and has its calibration scores. */
export interface CalibratedDetector {
  readonly scorer: Scorer;
  readonly calibration: Float64Array;
}

/**
 * Fits a detector on a part of the normal units and scores the rest of them, and the test.
 *
 * @throws Error when a unit gets no finite score
 */
export async function scoreDetector(
  detector: DetectorUnderTest,
  set: EvaluationSet,
  seed: number,
): Promise<ScoredRun> {
  const context = { set: set.name, templates: set.templates, isSession: set.isSession, seed };
  const { scorer, calibration } = await fitAndCalibrate(detector, set.train, context);
  const scores = await scoreAll(detector.name, scorer, set.test, set.templates);
  await scorer.close?.();
  return { detector: detector.name, seed, scores, calibration };
}

/** Fits a detector; what it is calibrated with is never what it has learned from. */
export async function fitAndCalibrate(
  detector: DetectorUnderTest,
  train: readonly Unit[],
  context: FitContext,
  plan: CalibrationPlan = planCalibration(train),
): Promise<CalibratedDetector> {
  const parts: Float64Array[] = [];
  for (const { fit, calibrate } of plan.folds) {
    const scorer = await detector.fit(fit, context);
    parts.push(await scoreAll(detector.name, scorer, calibrate, context.templates));
    if (!plan.fitsWhole) return { scorer, calibration: concatenate(parts) };
    await scorer.close?.();
  }
  return { scorer: await detector.fit(train, context), calibration: concatenate(parts) };
}

/** Scores units and checks that each has got its score. */
export async function scoreAll(
  name: string,
  scorer: Scorer,
  units: readonly Unit[],
  templates: readonly string[],
): Promise<Float64Array> {
  const scores = await scorer.score(units, templates);
  if (scores.length !== units.length)
    throw new Error(`${name}: ${units.length} units came in and ${scores.length} were scored`);
  const wrong = scores.findIndex((score) => !Number.isFinite(score));
  if (wrong !== -1) throw new Error(`${name}: the score of unit ${wrong} is ${scores[wrong]}`);
  return scores;
}

function concatenate(parts: readonly Float64Array[]): Float64Array {
  return Float64Array.from(parts.flatMap((part) => [...part]));
}
