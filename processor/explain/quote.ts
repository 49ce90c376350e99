import { shortenMiddle } from "./shorten.ts";

/** The length that the attribute is bound to. */
export const SENTENCE_CHARACTERS_MAX = 256;

/**
 * Writes a sentence of at most 256 characters with quoted texts: the longest texts are cut just as far as the limit asks, the
 * sentence's own words never.
 */
export function fitted(
  parts: readonly (string | undefined)[],
  write: (shown: readonly string[]) => string,
): string {
  const lengths = parts.map((part) => part?.length ?? 0);
  const own = write(parts.map((part) => (part === undefined ? "" : quoted("")))).length;
  const limit = longestShare(lengths, SENTENCE_CHARACTERS_MAX - own);
  return write(parts.map((part) => (part === undefined ? "" : quoted(shortenMiddle(part, limit)))));
}

/** The largest limit under which the lengths, each cut to it, add up to no more than `total`. */
function longestShare(lengths: readonly number[], total: number): number {
  let left = total;
  const ascending = [...lengths].sort((a, b) => a - b);
  for (const [index, length] of ascending.entries()) {
    const share = Math.floor(left / (ascending.length - index));
    if (length > share) return Math.max(0, share);
    left -= length;
  }
  return Number.POSITIVE_INFINITY;
}

export function quoted(text: string): string {
  return `"${text.replaceAll('"', "'")}"`;
}
