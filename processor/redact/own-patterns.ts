import { compileAny, compilePattern, type UserPattern } from "../window/user-pattern.ts";
import type { RedactConfig } from "./config.ts";
import type { Range, Rule } from "./rule.ts";

/** Characters that a pattern is tried on at a time, and how many of the next ones it is tried on again. */
const PIECE_CHARACTERS = 4_096;
const OVERLAP_CHARACTERS = 1_024;
/** A pseudonym and what encloses it: "<", "-kqzvr" and ">". */
const AROUND_NAME_CHARACTERS = 8;

/**
 * Rules of the configuration's own patterns. Each search is linear, but one that reads to the end for a short match does so again behind
 * it: a long text is read in pieces, so that this costs no more than a piece each time. A match that reaches the end of a piece is
 * followed to its own end; one that only shows more than 1,024 characters behind a piece may be missed there.
 */
export function ownRules({
  extra_patterns: patterns,
}: Pick<RedactConfig, "extra_patterns">): readonly Rule[] {
  return patterns.map(({ name, pattern }) => ({
    kind: "extra",
    name,
    needs: 0,
    find: inPieces(compilePattern(pattern), name),
  }));
}

/** Whether any of the configuration's own patterns matches in a text. */
export function hasOwnIn({
  extra_patterns: patterns,
}: Pick<RedactConfig, "extra_patterns">): (text: string) => boolean {
  return patterns.length === 0 ? () => false : compileAny(patterns.map(({ pattern }) => pattern));
}

/** @param name of the pattern, in whose placeholders it must not match */
function inPieces(pattern: UserPattern, name: string): Rule["find"] {
  const isPlaceholder = placeholderTest(name);
  return (text) => {
    const found: Range[] = [];
    for (let from = 0; from < text.length; ) {
      for (const [start, end] of matchesFrom(pattern, text, from))
        if (!isPlaceholder(text, start)) found.push([start, end]);
      from = Math.max(from + PIECE_CHARACTERS, found.at(-1)?.[1] ?? 0);
    }
    return found;
  };
}

/** The matches that begin in a piece of the text. */
function matchesFrom(pattern: UserPattern, text: string, from: number): readonly Range[] {
  const last = from + PIECE_CHARACTERS + OVERLAP_CHARACTERS;
  return allWithin(pattern, text, from, last)
    .filter(([start]) => start < from + PIECE_CHARACTERS)
    .map(([start, end]) => [start, end < last ? end : endOfLong(pattern, text, start, end)]);
}

/** The matches in a part of a text, as offsets of the text; the character before it is there to be looked at. */
function allWithin(pattern: UserPattern, text: string, from: number, last: number): readonly Range[] {
  const before = Math.min(from, 1);
  const shift = from - before;
  return pattern
    .all(text.slice(shift, last), before)
    .map(([start, end]) => [start + shift, end + shift] as const);
}

/** Where a match ends that begins at `start`, and reaches `end` at least, where what was read ended. */
function endOfLong(pattern: UserPattern, text: string, start: number, end: number): number {
  let known = end;
  while (known < text.length) {
    const last = known + Math.max(PIECE_CHARACTERS, known - start);
    const [first] = allWithin(pattern, text, start, last);
    if (first === undefined || first[0] > start || first[1] <= known) break;
    known = first[1];
    if (known < last) break;
  }
  return known;
}

/** Whether a place is within a placeholder of this name: a pattern may match its own one, as [A-Z]+ does. */
function placeholderTest(name: string): (text: string, at: number) => boolean {
  const placeholder = new RegExp(`<${name}(?:-[b-z]{5})?>`, "y");
  const charactersMax = name.length + AROUND_NAME_CHARACTERS;
  return (text, at) => {
    const from = Math.max(0, at + 1 - charactersMax);
    const open = text.slice(from, at + 1).lastIndexOf("<");
    placeholder.lastIndex = from + open;
    return open >= 0 && placeholder.test(text) && placeholder.lastIndex > at;
  };
}
