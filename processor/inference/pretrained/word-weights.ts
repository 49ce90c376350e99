import type { TokenWeight } from "../../detect/pretrained-scorer.ts";
import type { Piece } from "./piece-tokenizer.ts";

/** A word of the judged text: a run of its pieces. */
export interface WordSpan {
  /** Indexes of its pieces. */
  readonly pieces: readonly number[];
  readonly start: number;
  readonly end: number;
}

/** The words of a text, in order. */
export function wordsOf(pieces: readonly Piece[]): readonly WordSpan[] {
  return [...Map.groupBy(pieces.entries(), ([, { word }]) => word).values()].map((group) => ({
    pieces: group.map(([index]) => index),
    start: Math.min(...group.map(([, { start }]) => start)),
    end: Math.max(...group.map(([, { end }]) => end)),
  }));
}

/** Weights of words as shares of their sum; a negative one, or none at all, counts as 0. */
export function wordWeights(
  text: string,
  words: readonly WordSpan[],
  weightOf: (word: WordSpan, index: number) => number,
): readonly TokenWeight[] {
  const weights = words.map((word, index) => positive(weightOf(word, index)));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return words.map(({ start, end }, index) => ({
    token: text.slice(start, end),
    importance: total === 0 ? 0 : (weights[index] ?? 0) / total,
    start,
    end,
  }));
}

function positive(weight: number): number {
  return Number.isFinite(weight) ? Math.max(0, weight) : 0;
}
