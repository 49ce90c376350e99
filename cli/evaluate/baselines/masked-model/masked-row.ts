import type { KeyedRandom } from "../../../../processor/learn/keyed-random.ts";
import { TOKEN, WORDS_FROM } from "./vocabulary.ts";

/** A sequence behind the first token, some of it hidden. */
export interface MaskedRow {
  readonly tokens: Uint16Array;
  /** The hidden places, by their position in the row. */
  readonly at: readonly number[];
  /** What stood there. */
  readonly targets: readonly number[];
}

/** BERT's habit in training: of ten chosen places eight show the mask, one a word by chance, one what stood there. */
const SHOWS_MASK = 0.8;
const SHOWS_CHANCE = 0.9;

/** Hides places by chance, each with probability `share`, and at least one. */
export function choosePlaces(length: number, share: number, random: KeyedRandom): readonly number[] {
  const places = Array.from({ length }, (_, place) => place).filter(() => random.chance(share));
  return places.length > 0 || length === 0 ? places : [random.below(length)];
}

/** A row with the mask at the places, counted within the sequence. */
export function hide(sequence: Uint16Array, places: readonly number[]): MaskedRow {
  const tokens = new Uint16Array(sequence.length + 1);
  tokens[0] = TOKEN.first;
  tokens.set(sequence, 1);
  const at = places.map((place) => place + 1);
  const targets = places.map((place) => sequence[place] ?? TOKEN.unknown);
  for (const position of at) tokens[position] = TOKEN.mask;
  return { tokens, at, targets };
}

/** The same as training shows it. `words` counts the vocabulary. */
export function hideForTraining(
  sequence: Uint16Array,
  places: readonly number[],
  words: number,
  random: KeyedRandom,
): MaskedRow {
  const row = hide(sequence, places);
  for (const [index, position] of row.at.entries()) {
    const drawn = random.next();
    if (drawn < SHOWS_MASK) continue;
    row.tokens[position] =
      drawn < SHOWS_CHANCE ? WORDS_FROM + random.below(words) : (row.targets[index] ?? TOKEN.unknown);
  }
  return row;
}
