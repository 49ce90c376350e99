import type { EncodedWindow } from "./encode-window.ts";
import type { GraphOutput } from "./transformer-graph.ts";

/** Pieces of one text that are masked; of a longer text this many, evenly spread. */
export const MASKED_MAX = 32;

/** A window with one piece of its judged text masked. */
export interface MaskedPiece {
  readonly ids: readonly number[];
  /** The masked position. */
  readonly at: number;
  /** What really stood there. */
  readonly target: number;
  /** Index of the piece in the judged text. */
  readonly piece: number;
}

/**
 * One row a piece of the judged text, each with that piece masked (Salazar et al.: Masked Language Model Scoring, ACL 2020).
 * The mean of their surprises is the logarithm of the text's pseudo-perplexity.
 */
export function maskedPieces(
  { ids, judgedFrom, pieces }: EncodedWindow,
  mask: number,
): readonly MaskedPiece[] {
  const count = Math.min(MASKED_MAX, pieces.length);
  return Array.from({ length: count }, (_, index) => {
    const piece = Math.floor((index * pieces.length) / count);
    const at = judgedFrom + piece;
    return { ids: ids.with(at, mask), at, target: ids[at] ?? 0, piece };
  });
}

/** -ln of each masked piece's probability. Throws when the logits are not one value a position and token. */
export function surprisesOf(rows: readonly MaskedPiece[], { data, dims }: GraphOutput): readonly number[] {
  const [, positions = 0, tokens = 0] = dims;
  if (dims.length !== 3 || rows.some(({ at, target }) => at >= positions || target >= tokens))
    throw new Error(
      `its logits have the shape ${dims.join(" x ")}; needed is rows x positions x vocabulary, as the tokenizer has it`,
    );
  return rows.map(({ at, target }, row) => {
    const from = (row * positions + at) * tokens;
    const logits = data.subarray(from, from + tokens);
    const highest = logits.reduce((max, logit) => Math.max(max, logit), Number.NEGATIVE_INFINITY);
    const total = logits.reduce((sum, logit) => sum + Math.exp(logit - highest), 0);
    return highest + Math.log(total) - (logits[target] ?? 0);
  });
}
