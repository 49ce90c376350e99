import { compilePattern, type UserPattern } from "../window/user-pattern.ts";
import type { RedactConfig } from "./config.ts";
import type { Range, Rule } from "./rule.ts";

/** Characters that a pattern is tried on at a time, and how many of the next ones it is tried on again. */
const PIECE_CHARACTERS = 4_096;
const OVERLAP_CHARACTERS = 1_024;

/**
 * Rules of the configuration's own patterns. Each search is linear, but one that reads to the end for a short match does so again behind
 * it: a long text is read in pieces, so that this costs no more than a piece each time. A match of more than 1,024 characters may be
 * missed there.
 */
export function ownRules({
  extra_patterns: patterns,
}: Pick<RedactConfig, "extra_patterns">): readonly Rule[] {
  return patterns.map(({ name, pattern }) => ({
    kind: "extra",
    name,
    needs: 0,
    find: inPieces(compilePattern(pattern), `<${name}`),
  }));
}

/** @param own where a match must not begin, because it is a placeholder of the same pattern */
function inPieces(pattern: UserPattern, own: string): Rule["find"] {
  return (text) => {
    const found: Range[] = [];
    for (let from = 0; from < text.length; from += PIECE_CHARACTERS) {
      const piece = text.slice(from, from + PIECE_CHARACTERS + OVERLAP_CHARACTERS);
      for (const [start, end] of pattern.all(piece)) {
        const isKnown = from + start < (found.at(-1)?.[1] ?? 0) || start >= PIECE_CHARACTERS;
        if (!isKnown && !isWithinPlaceholder(text, from + start, own)) found.push([from + start, from + end]);
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
