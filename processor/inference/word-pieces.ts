import { Tokenizer } from "@huggingface/tokenizers";

/** Pieces that the text encoder reads at once (models/train/text-encoder/encoder.py). */
export const PIECES_MAX = 48;
/** Parts of one text that are read; the rest of a longer one is cut. */
export const PARTS_MAX = 4;

/** More characters than the pieces of all parts have but for the oddest texts. */
const CHARACTERS_MAX = 4_096;

/** Cuts texts into word pieces. */
export interface WordPieces {
  /**
   * Ids of the pieces, in parts of at most {@link PIECES_MAX}, at most {@link PARTS_MAX} of them and never none. Each part
   * begins with the piece that stands for a text as a whole.
   */
  parts(text: string): readonly (readonly number[])[];
}

/**
 * Reads a `tokenizer.json` (WordPiece, Wu et al. 2016). All that happens to a text before its pieces are looked up stands in
 * that file. Throws an Error when it is no tokenizer.
 *
 * Example: "PacketResponder for block blk_<NUM>" -> one part, the ids of [CLS] packet responder for block blk <NUM>
 */
export function openWordPieces(tokenizerJson: string): WordPieces {
  const description: unknown = JSON.parse(tokenizerJson);
  if (typeof description !== "object" || description === null || !("model" in description))
    throw new Error("it describes no tokenizer");
  const tokenizer = new Tokenizer(description, {});
  return {
    parts(text) {
      const [whole = 0, ...pieces] = tokenizer.encode(text.slice(0, CHARACTERS_MAX)).ids;
      const size = PIECES_MAX - 1;
      const count = Math.min(PARTS_MAX, Math.max(1, Math.ceil(pieces.length / size)));
      return Array.from({ length: count }, (_, part) => [
        whole,
        ...pieces.slice(part * size, (part + 1) * size),
      ]);
    },
  };
}
