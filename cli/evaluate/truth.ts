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
  /** Breaks the seal for good. */
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
    open() {
      isSealed = false;
      return truth;
    },
  };
}
