import { Tokenizer } from "@huggingface/tokenizers";

/** Longest text that the text encoder reads, in pieces (models/train/text-encoder/encoder.py); the rest is cut. */
export const PIECES_MAX = 48;

/** A template longer than this is cut before it is tokenised: its first pieces are all that counts. */
const CHARACTERS_MAX = 2_048;

/** Cuts texts into word pieces. */
export interface WordPieces {
  /** Ids of the pieces, at most {@link PIECES_MAX}, never none: the first one stands for the text as a whole. */
  ids(text: string): readonly number[];
}

/**
 * Reads a `tokenizer.json` (WordPiece, Wu et al. 2016). All that happens to a text before its pieces are looked up stands in
 * that file. Throws an Error when it is no tokenizer.
 *
 * Example: "PacketResponder for block blk_<NUM>" -> the ids of [CLS] packet responder for block blk <NUM>
 */
export function openWordPieces(tokenizerJson: string): WordPieces {
  const description: unknown = JSON.parse(tokenizerJson);
  if (typeof description !== "object" || description === null || !("model" in description))
    throw new Error("it describes no tokenizer");
  const tokenizer = new Tokenizer(description, {});
  return {
    ids: (text) => tokenizer.encode(text.slice(0, CHARACTERS_MAX)).ids.slice(0, PIECES_MAX),
  };
}
