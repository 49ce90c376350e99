import { mulberry32, scrambled } from "../../processor/learn/mulberry32.ts";

/** Draws of one case; the same for the same seed and number on every machine. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** A whole number in [0, below). */
  below(below: number): number;
  chance(probability: number): boolean;
  pick<T>(choices: readonly [T, ...T[]]): T;
  /** An element of a list that may be empty. */
  pickFrom<T>(choices: readonly T[]): T | undefined;
  bytes(length: number): Uint8Array;
}

/** The draws of case `number` of a campaign. */
export function randomOf(seed: number, number: number): Random {
  const next = mulberry32(scrambled(seed) ^ scrambled(number * 2 + 1));
  const below = (limit: number) => Math.floor(next() * limit);
  return {
    next,
    below,
    chance: (probability) => next() < probability,
    pick: (choices) => choices[below(choices.length)] ?? choices[0],
    pickFrom: (choices) => choices[below(choices.length)],
    bytes: (length) => Uint8Array.from({ length }, () => below(256)),
  };
}
