import { mulberry32, scrambled } from "./mulberry32.ts";

/** A source of pseudo-random values; the same key gives the same values in the same order, on every machine. */
export interface KeyedRandom {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform integer in [0, below). */
  below(below: number): number;
  chance(probability: number): boolean;
  /** Fisher and Yates' shuffle, in place. */
  shuffle(values: Uint32Array | unknown[]): void;
}

/**
 * A source for a key of several numbers, such as seed, epoch and batch: what is drawn for a batch depends on nothing that
 * was drawn before, so training goes on anywhere without a saved state.
 */
export function createKeyedRandom(...key: readonly number[]): KeyedRandom {
  const seed = key.reduce((hash, number) => scrambled((hash ^ number) >>> 0), 0);
  const next = mulberry32(seed);
  // The first value is the seed of the key with a 0 more.
  next();
  const below = (limit: number) => Math.floor(next() * limit);
  return {
    next,
    below,
    chance: (probability) => next() < probability,
    shuffle(values) {
      for (let i = values.length - 1; i > 0; i -= 1) {
        const j = below(i + 1);
        const value = values[i];
        values[i] = values[j];
        values[j] = value;
      }
    },
  };
}
