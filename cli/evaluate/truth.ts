import { createRandom } from "../generate/random.ts";

/** What is true of the test units, in their order. */
export interface Truth {
  /** 1 for an anomaly, 0 for a normal unit. */
  readonly isAnomaly: Uint8Array;
  /** How many units of the full data set each one stands for. */
  readonly weights: Float64Array;
}

/** Some anomalies taken out of a test, and the rest of it. */
export interface HeldBack {
  /** Indexes of anomalous units that the test is without, in the order in which they were drawn. */
  readonly anomalies: Uint32Array;
  /** Indexes of the units that are left, ascending. */
  readonly kept: Uint32Array;
  /** Labels and weights of those, sealed. */
  readonly truth: SealedTruth;
}

/** Labels that cannot be seen before the report asks for them. */
export interface SealedTruth {
  readonly size: number;
  readonly isSealed: boolean;
  /** Indexes of units, ascending, in which normal units and anomalies are as frequent as in the full data set; breaks no seal. */
  sample(seed: number): Uint32Array;
  /**
   * Takes anomalies out, drawn at random; of the units that are left it says nothing.
   *
   * @throws Error when no anomaly would be left
   */
  holdBack(count: number, seed: number): HeldBack;
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
    holdBack: (count, seed) => holdBack(truth, count, seed),
    open() {
      if (!isSealed) throw new Error("the labels have been read before the report");
      isSealed = false;
      return truth;
    },
  };
}

function holdBack({ isAnomaly, weights }: Truth, count: number, seed: number): HeldBack {
  const random = createRandom(seed);
  const drawn = [...isAnomaly.keys()]
    .filter((unit) => isAnomaly[unit] === 1)
    .map((unit) => ({ unit, key: random.next() }))
    .sort((a, b) => a.key - b.key);
  if (drawn.length <= count)
    throw new Error(`of ${drawn.length} anomalies ${count} cannot be held back: none would be left to find`);
  const anomalies = Uint32Array.from(drawn.slice(0, count), ({ unit }) => unit);
  const out = new Set(anomalies);
  const kept = Uint32Array.from(isAnomaly.keys()).filter((unit) => !out.has(unit));
  const truth = sealTruth(
    Array.from(kept, (unit) => isAnomaly[unit] === 1),
    Array.from(kept, (unit) => weights[unit] ?? 0),
  );
  return { anomalies, kept, truth };
}
