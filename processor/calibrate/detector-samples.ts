import { z } from "zod";
import { DETECTOR_NAMES, type DetectorName } from "../detect/evidence.ts";
import { type ReservoirState, reservoirState } from "./reservoir.ts";
import type { SampledDistribution } from "./sampled-distribution.ts";

const detectorName = z.enum(DETECTOR_NAMES);

/** The samples as JSON, and the weights of those that come from a model. */
export const detectorSamplesState = z.partialRecord(detectorName, reservoirState);
export const sampledWeightsState = z.partialRecord(detectorName, z.object({ model: z.string() }));
export type DetectorSamplesState = z.infer<typeof detectorSamplesState>;
export type SampledWeightsState = z.infer<typeof sampledWeightsState>;

/**
 * A sample of normal surprises for each detector. Those of other weights are no measure: with the first surprise of new weights
 * a model's sample begins anew, and until it has grown it counts as little as that of a service that nobody knows.
 */
export interface DetectorSamples {
  /** The detector's sample, whichever weights it comes from. */
  of(detector: DetectorName): SampledDistribution;
  /** How many surprises the sample was learned from; 0 for those of weights that it does not come from. */
  learnedFor(detector: DetectorName, model: string | undefined): number;
  /** @param model the weights that were surprised, where the detector has weights */
  learn(detector: DetectorName, surprise: number, model: string | undefined): void;
  snapshot(): { readonly detectors: DetectorSamplesState; readonly weights: SampledWeightsState };
}

/** @param create an empty sample, or a saved one */
export function createDetectorSamples(
  create: (state?: ReservoirState) => SampledDistribution,
  state: DetectorSamplesState = {},
  savedWeights: SampledWeightsState = {},
): DetectorSamples {
  const samples = new Map<DetectorName, SampledDistribution>();
  const weights = new Map<DetectorName, { readonly model: string }>();
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
  /** A sample that names no weights has what any were surprised by. */
  const isOfOthers = (detector: DetectorName, model: string | undefined): boolean => {
    if (model === undefined) return false;
    const known = weights.get(detector);
    return known !== undefined && known.model !== model;
  };

  return {
    of,
    learnedFor: (detector, model) => (isOfOthers(detector, model) ? 0 : of(detector).learned()),
    learn(detector, surprise, model) {
      if (isOfOthers(detector, model)) samples.delete(detector);
      if (model !== undefined && weights.get(detector)?.model !== model) weights.set(detector, { model });
      of(detector).learn(surprise);
    },
    snapshot: () => ({
      detectors: Object.fromEntries([...samples].map(([name, sample]) => [name, sample.snapshot()])),
      weights: Object.fromEntries(weights),
    }),
  };
}
