import { mulberry32 } from "../../processor/learn/mulberry32.ts";

/** A source of pseudo-random values; the same seed gives the same values in the same order, on every machine. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform integer in [min, max]. */
  int(min: number, max: number): number;
  chance(probability: number): boolean;
  pick<T>(choices: readonly [T, ...T[]]): T;
  /** Waiting time of a Poisson process. */
  exponential(mean: number): number;
  /** Log-normal around its median, as service times are; `spread` is the sigma of the logarithm. */
  logNormal(median: number, spread: number): number;
  /** Lower-case hex digits. */
  hex(digits: number): string;
}

/** What a log stream draws from: values as services have them. */
export function createRandom(seed: number): Random {
  const next = mulberry32(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  return {
    next,
    int: (min, max) => min + Math.floor(next() * (max - min + 1)),
    chance: (probability) => next() < probability,
    pick: (choices) => choices[Math.floor(next() * choices.length)] ?? choices[0],
    exponential: (mean) => -Math.log(1 - next()) * mean,
    logNormal: (median, spread) => median * Math.exp(spread * normal()),
    hex(digits) {
      let text = "";
      while (text.length < digits)
        text += Math.floor(next() * 0x10000)
          .toString(16)
          .padStart(4, "0");
      return text.slice(0, digits);
    },
  };
}
