import type { RedactConfig } from "./config.ts";
import type { Range, Rule } from "./rule.ts";

/** Characters that a pattern is tried on at a time, and how many of the next ones it is tried on again. */
const PIECE_CHARACTERS = 16_384;
const OVERLAP_CHARACTERS = 1_024;

/**
 * Rules of the configuration's own patterns. A long text is read in pieces, so that a pattern which goes back again and again costs
 * no more than a piece each time; a match of more than 1,024 characters may be missed there.
 */
export function ownRules({
  extra_patterns: patterns,
}: Pick<RedactConfig, "extra_patterns">): readonly Rule[] {
  return patterns.map(({ name, pattern }) => ({
    kind: "extra",
    name,
    needs: 0,
    find: inPieces(new RegExp(pattern, "gu"), `<${name}`),
  }));
}

/** @param own where a match must not begin, because it is a placeholder of the same pattern */
function inPieces(pattern: RegExp, own: string): Rule["find"] {
  return (text) => {
    const found: Range[] = [];
    for (let from = 0; from < text.length; from += PIECE_CHARACTERS) {
      const piece = text.slice(from, from + PIECE_CHARACTERS + OVERLAP_CHARACTERS);
      for (const { index, 0: match } of piece.matchAll(pattern)) {
        const start = from + index;
        const isKnown = start < (found.at(-1)?.[1] ?? 0) || index >= PIECE_CHARACTERS;
        if (!isKnown && !isWithinPlaceholder(text, start, own)) found.push([start, start + match.length]);
      }
    }
    return found;
  };
}

/** A pattern may match its own placeholder: [A-Z]+ does. */
function isWithinPlaceholder(text: string, at: number, own: string): boolean {
  const open = text.lastIndexOf("<", at);
  return open >= 0 && at - open < own.length + 8 && text.startsWith(own, open);
}
