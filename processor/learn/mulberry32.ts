const STEP = 0x6d2b79f5;

/**
 * mulberry32 by Tommy Ettinger (public domain): 32 bits of state, the same values on every machine.
 *
 * @param seed its lowest 32 bits count
 * @returns draws the next value, uniform in [0, 1)
 */
export function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    const value = scrambled(state);
    state = (state + STEP) >>> 0;
    return value / 2 ** 32;
  };
}

/** The step of {@link mulberry32} from a state of 32 bits to a value of as many. */
export function scrambled(state: number): number {
  const stepped = (state + STEP) >>> 0;
  let t = Math.imul(stepped ^ (stepped >>> 15), stepped | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return (t ^ (t >>> 14)) >>> 0;
}
