import { createRandom } from "../generate/random.ts";

/** What is true of the test units, in their order. */
export interface Truth {
  /** 1 for an anomaly, 0 for a normal unit. */
  readonly isAnomaly: Uint8Array;
  /** How many units of the full data set each one stands for. */
  readonly weights: Float64Array;
}

/** Labels that cannot be seen before the report asks for them. */
export interface SealedTruth {
  readonly size: number;
  readonly isSealed: boolean;
  /** Indexes of units, ascending, in which normal units and anomalies are as frequent as in the full data set; breaks no seal. */
  sample(seed: number): Uint32Array;
  /**
   * Breaks the seal for good.
   *
   * @throws Error when it is broken already: whatever was decided since may have seen the labels
   */
  open(): Truth;
}

/** Seals the labels of a test set. */
export function sealTruth(isAnomaly: readonly boolean[], weights: readonly number[]): SealedTruth {
  if (isAnomaly.length !== weights.length)
    throw new Error(`there are ${isAnomaly.length} labels and ${weights.length} weights`);
  const truth: Truth = {
    isAnomaly: Uint8Array.from(isAnomaly, Number),
    weights: Float64Array.from(weights),
  };
  let isSealed = true;
  return {
    size: isAnomaly.length,
    get isSealed() {
      return isSealed;
    },
    sample(seed) {
      const random = createRandom(seed);
      const heaviest = truth.weights.reduce((max, weight) => Math.max(max, weight), 0);
      return Uint32Array.from(truth.weights.keys()).filter((unit) =>
        random.chance((truth.weights[unit] ?? 0) / heaviest),
      );
    },
    open() {
      if (!isSealed) throw new Error("the labels have been read before the report");
      isSealed = false;
      return truth;
    },
  };
}
