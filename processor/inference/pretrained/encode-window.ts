import type { WindowText } from "../../detect/pretrained-scorer.ts";
import type { Piece, PieceTokenizer } from "./piece-tokenizer.ts";

/** A window as the model reads it. */
export interface EncodedWindow {
  readonly ids: readonly number[];
  /** Where the judged text's first piece lies in `ids`; the others follow. */
  readonly judgedFrom: number;
  /** The judged text's pieces, as far as they fit. */
  readonly pieces: readonly Piece[];
}

/**
 * [CLS] context [SEP] context [SEP] … judged [SEP]. What is too long is cut from the left, so that the judged text stays;
 * one that is too long by itself keeps its beginning, which says what it is.
 */
export function encodeWindow(
  { context, judged }: WindowText,
  { encode, special }: PieceTokenizer,
  tokensMax: number,
): EncodedWindow {
  const pieces = encode(judged).slice(0, tokensMax - 2);
  const room = tokensMax - pieces.length - 2;
  const before: number[] = [];
  for (const text of [...context].reverse()) {
    if (before.length >= room) break;
    before.unshift(...encode(text).map(({ id }) => id), special.separator);
  }
  const kept = before.slice(Math.max(0, before.length - room));
  return {
    ids: [special.begin, ...kept, ...pieces.map(({ id }) => id), special.separator],
    judgedFrom: 1 + kept.length,
    pieces,
  };
}
