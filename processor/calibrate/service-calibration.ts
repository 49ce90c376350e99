import { z } from "zod";
import type { DetectorName, Evidence } from "../detect/detector.ts";
import { combine } from "./combine.ts";
import type { CalibrateConfig } from "./config.ts";
import { ownShare, type PriorProbability } from "./learning-band.ts";
import { createRateMeter, type RateMeter, rateMeterState } from "./rate-meter.ts";
import { createRecurrence, type Recurrence, recurrenceState } from "./recurrence.ts";
import { reservoirState } from "./reservoir.ts";
import { createSampledDistribution, type SampledDistribution } from "./sampled-distribution.ts";
import type { Contribution, Verdict } from "./verdict.ts";

/** Smallest tail scale of a detector, in nats: a surprise half a nat higher is never much rarer than half as likely. */
const DETECTOR_SCALE_MIN = 0.5;
/** Of the combination: -ln p of calibrated p-values falls off with scale 1. */
const COMBINED_SCALE_MIN = 1;
/** An alert that is rarer than this stays out of the sample of the normal. More would thin the sample out: fewer high values,
 * smaller p-values, more alerts. */
const WITHHELD_BELOW_P = 1e-4;
const DETECTORS: readonly DetectorName[] = ["event-model", "pretrained-model", "new-template", "ngram"];

/** One service's calibration as JSON. */
export const serviceCalibrationState = z.strictObject({
  learned: z.int().min(0),
  meter: rateMeterState,
  recurrence: recurrenceState,
  combined: reservoirState,
  detectors: z.strictObject({
    "event-model": reservoirState,
    "pretrained-model": reservoirState.optional(),
    "new-template": reservoirState,
    ngram: reservoirState,
  }),
});
export type ServiceCalibrationState = z.infer<typeof serviceCalibrationState>;

/** What one service's events are measured against. */
export interface ServiceCalibration {
  /** Calibrates the evidence on one event. `kind` names what would recur: the template, or the end after it. */
  assess(evidence: readonly Evidence[], kind: string): Pick<Verdict, "pValue" | "contributions">;
  learn(verdict: Verdict, kind: string): void;
  readonly meter: RateMeter;
  /** Events learned from. */
  readonly learned: number;
  snapshot(): ServiceCalibrationState;
}

/** A service without a past, or with the one that `state` tells. */
export function createServiceCalibration(
  config: CalibrateConfig,
  prior: PriorProbability,
  state?: ServiceCalibrationState,
): ServiceCalibration {
  const size = config.reservoir_size;
  const detectors = new Map<DetectorName, SampledDistribution>(
    DETECTORS.map((name) => [
      name,
      createSampledDistribution(size, DETECTOR_SCALE_MIN, state?.detectors[name]),
    ]),
  );
  const combined = createSampledDistribution(size, COMBINED_SCALE_MIN, state?.combined);
  const recurrence: Recurrence = createRecurrence(state?.recurrence);
  const meter = createRateMeter(state?.meter);
  let learned = state?.learned ?? 0;

  const detectorP = ({ detector, surprise }: Evidence): number => {
    const believed = prior(detector, surprise);
    const own = detectors.get(detector);
    if (own === undefined || surprise <= 0) return 1;
    // Its surprise is a probability already: the sample can only contradict it.
    if (detector === "new-template") return Math.max(believed, own.seenShare(surprise));
    const share = ownShare(learned, config.learning_records);
    return share * own.pValue(surprise) + (1 - share) * believed;
  };

  /** That a message is new surprises every detector; how odd that is, the novelty detector alone says. */
  const calibrated = (evidence: readonly Evidence[]): readonly Contribution[] => {
    const novelty = evidence.find(isNovelty);
    const pMin = novelty === undefined ? 0 : detectorP(novelty);
    return evidence
      .map(
        (one): Contribution => ({
          detector: one.detector,
          pValue: Math.max(pMin, detectorP(one)),
          evidence: one,
        }),
      )
      .sort((a, b) => a.pValue - b.pValue);
  };

  return {
    meter,
    get learned() {
      return learned;
    },
    assess(evidence, kind) {
      const contributions = calibrated(evidence);
      const p = combine(contributions.map(({ pValue }) => pValue));
      const share = ownShare(learned, config.learning_records);
      const measured = share * combined.pValue(-Math.log(p));
      const recurring = recurrence.rate(kind, meter.records, meter.clockMs);
      return { contributions, pValue: Math.max(p, measured, recurring) };
    },
    learn({ contributions, pValue, isAnomaly }, kind) {
      learned += 1;
      if (isAnomaly && pValue < WITHHELD_BELOW_P) return recurrence.count(kind, meter.clockMs);
      const isNew = contributions.some(({ evidence }) => isNovelty(evidence));
      for (const { detector, evidence } of contributions) {
        if (!isNew || isNovelty(evidence)) detectors.get(detector)?.learn(evidence.surprise);
      }
      combined.learn(-Math.log(combine(contributions.map((one) => one.pValue))));
    },
    snapshot() {
      const of = (name: DetectorName) => detectors.get(name)?.snapshot() ?? { offered: 0, values: "" };
      return {
        learned,
        meter: meter.snapshot(),
        recurrence: recurrence.snapshot(),
        combined: combined.snapshot(),
        detectors: {
          "event-model": of("event-model"),
          "pretrained-model": of("pretrained-model"),
          "new-template": of("new-template"),
          ngram: of("ngram"),
        },
      };
    },
  };
}

function isNovelty({ detector, surprise }: Evidence): boolean {
  return detector === "new-template" && surprise > 0;
}
