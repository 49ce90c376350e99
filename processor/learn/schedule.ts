/** Steps over which the learning rate rises: Adam's moments are rough at first. */
const WARM_UP_STEPS = 100;
/** A short training warms up over this share of it. */
const WARM_UP_SHARE = 0.1;

/** The learning rate of a step, counted from 1: a linear rise, then half a cosine down to 0 (Loshchilov, Hutter: SGDR, ICLR 2017). */
export function learningRate(peak: number, step: number, steps: number): number {
  const warmUp = Math.min(WARM_UP_STEPS, Math.ceil(steps * WARM_UP_SHARE));
  return peak * Math.min(1, step / warmUp) * (0.5 + 0.5 * Math.cos((Math.PI * step) / (steps + 1)));
}

/** Share of the old in the moving average at a step: over a tenth of the steps so far, and at most over 500. */
export function averageDecay(step: number): number {
  return Math.min(0.998, step / (step + 10));
}

/** Moves `average` towards `value` in place. */
export function moveAverage(average: Float32Array, value: Float32Array, decay: number): void {
  for (let i = 0; i < average.length; i += 1)
    average[i] = (average[i] ?? 0) * decay + (value[i] ?? 0) * (1 - decay);
}
