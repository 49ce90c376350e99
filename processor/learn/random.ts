/** A source of pseudo-random values; the same seeds give the same values in the same order, on every machine. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform integer in [0, below). */
  below(below: number): number;
  chance(probability: number): boolean;
  /** Fisher and Yates' shuffle, in place. */
  shuffle(values: Uint32Array | unknown[]): void;
}

/**
 * mulberry32 by Tommy Ettinger (public domain) from several numbers, such as seed, epoch and batch: what is drawn for a
 * batch depends on nothing that was drawn before, so training goes on anywhere without a saved state.
 */
export function createRandom(...seeds: readonly number[]): Random {
  let state = 0;
  for (const seed of seeds) state = scrambled((state ^ seed) >>> 0);
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    return scrambled(state) / 2 ** 32;
  };
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

function scrambled(value: number): number {
  let t = Math.imul((value + 0x6d2b79f5) ^ ((value + 0x6d2b79f5) >>> 15), (value + 0x6d2b79f5) | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return (t ^ (t >>> 14)) >>> 0;
}
