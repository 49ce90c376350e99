/** Tokens that stand for no word, as the graphs know them. */
export const TOKEN = { padding: 0, unknown: 1, first: 2, mask: 3 } as const;
/** The first token that stands for a word. */
export const WORDS_FROM = 4;

/** A closed vocabulary: what training has not seen is one and the same unknown token. */
export interface Vocabulary<Word> {
  /** Known words. */
  readonly size: number;
  tokensOf(words: readonly Word[]): Uint16Array;
}

/** The words of the training part; the most frequent ones where there are more than `capacity`. */
export function createVocabulary<Word>(texts: Iterable<readonly Word[]>, capacity: number): Vocabulary<Word> {
  const counts = new Map<Word, number>();
  for (const words of texts) for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  const known = [...counts].sort(([, a], [, b]) => b - a).slice(0, capacity);
  const tokens = new Map(known.map(([word], index) => [word, WORDS_FROM + index]));
  return {
    size: tokens.size,
    tokensOf: (words) => Uint16Array.from(words, (word) => tokens.get(word) ?? TOKEN.unknown),
  };
}

/** Consecutive parts of at most `lengthMax` tokens; none of nothing. */
export function cutInPieces(tokens: Uint16Array, lengthMax: number): readonly Uint16Array[] {
  return Array.from({ length: Math.ceil(tokens.length / lengthMax) }, (_, piece) =>
    tokens.subarray(piece * lengthMax, (piece + 1) * lengthMax),
  );
}
