/** A normalised text that still knows which characters it came from. */
export interface SourceMap {
  readonly text: string;
  /** Offsets into the source of a run of the normalised text; `to` exclusive, greater than `from`. */
  sourceOf(from: number, to: number): { readonly start: number; readonly end: number };
}

/**
 * Normalises a text that is normalised character by character (lower case, accents stripped, white space and control
 * characters cleaned), and remembers where each character came from.
 *
 * Example: "É x" gives "e x", and 2..3 of it came from 2..3.
 * @param offset where `source` starts in the text that offsets are told in
 */
export function mapNormalised(
  source: string,
  offset: number,
  normalise: (text: string) => string,
): SourceMap {
  const starts: number[] = [];
  const ends: number[] = [];
  const parts: string[] = [];
  let at = offset;
  for (const character of source) {
    const normal = normalise(character);
    for (let unit = 0; unit < normal.length; unit += 1) {
      starts.push(at);
      ends.push(at + character.length);
    }
    parts.push(normal);
    at += character.length;
  }
  // As a whole, because a final sigma is written differently: same length, other letter.
  const whole = normalise(source);
  return {
    text: whole.length === starts.length ? whole : parts.join(""),
    sourceOf: (from, to) => ({ start: starts[from] ?? offset, end: ends[to - 1] ?? at }),
  };
}
