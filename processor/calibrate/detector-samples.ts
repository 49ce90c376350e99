import { z } from "zod";
import { DETECTOR_NAMES, type DetectorName, type Evidence } from "../detect/detector.ts";
import { type ReservoirState, reservoirState } from "./reservoir.ts";
import type { SampledDistribution } from "./sampled-distribution.ts";

const detectorName = z.enum(DETECTOR_NAMES);

/** The samples as JSON, and the weights of those that come from a model. */
export const detectorSamplesState = z.partialRecord(detectorName, reservoirState);
export const sampledWeightsState = z.partialRecord(
  detectorName,
  z.strictObject({ model: z.string(), learnedBefore: z.int().min(0) }),
);
export type DetectorSamplesState = z.infer<typeof detectorSamplesState>;
export type SampledWeightsState = z.infer<typeof sampledWeightsState>;

/**
 * A sample of normal surprises for each detector. Those of other weights are no measure: with the first surprise of new weights
 * a model's sample begins anew, and until it has grown it counts as little as that of a service that nobody knows.
 */
export interface DetectorSamples {
  /** The detector's sample, whichever weights it comes from. */
  of(detector: DetectorName): SampledDistribution;
  /** Of so many learned, those that were learned since the sample began; 0 for evidence of weights that it does not come from. */
  learnedSince(evidence: Evidence, learned: number): number;
  /** @param learned before this evidence */
  learn(evidence: Evidence, learned: number): void;
  snapshot(): { readonly detectors: DetectorSamplesState; readonly weights: SampledWeightsState };
}

/** @param create an empty sample, or a saved one */
export function createDetectorSamples(
  create: (state?: ReservoirState) => SampledDistribution,
  state: DetectorSamplesState = {},
  savedWeights: SampledWeightsState = {},
): DetectorSamples {
  const samples = new Map<DetectorName, SampledDistribution>();
  const weights = new Map<DetectorName, { readonly model: string; readonly learnedBefore: number }>();
  for (const name of DETECTOR_NAMES) {
    const { [name]: sample } = state;
    const { [name]: known } = savedWeights;
    if (sample !== undefined) samples.set(name, create(sample));
    if (known !== undefined) weights.set(name, known);
  }

  const of = (detector: DetectorName): SampledDistribution => {
    const known = samples.get(detector);
    if (known !== undefined) return known;
    const created = create();
    samples.set(detector, created);
    return created;
  };
  /** Makes the sample one of these weights. A sample that names none has what these were surprised by. */
  const follow = (detector: DetectorName, model: string, learned: number) => {
    const before = weights.get(detector)?.model;
    if (before === model) return;
    if (before !== undefined) samples.delete(detector);
    weights.set(detector, { model, learnedBefore: before === undefined ? 0 : learned });
  };

  return {
    of,
    learnedSince({ detector, model }, learned) {
      const known = weights.get(detector);
      if (model === undefined || known === undefined) return learned;
      return known.model === model ? learned - known.learnedBefore : 0;
    },
    learn({ detector, model, surprise }, learned) {
      if (model !== undefined) follow(detector, model, learned);
      of(detector).learn(surprise);
    },
    snapshot: () => ({
      detectors: Object.fromEntries([...samples].map(([name, sample]) => [name, sample.snapshot()])),
      weights: Object.fromEntries(weights),
    }),
  };
}
