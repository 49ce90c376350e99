import { RE2JS, RE2JSException, RE2Set } from "re2js";

/** Longest regular expression that a configuration may hold, in characters. */
const PATTERN_CHARACTERS_MAX = 512;

/**
 * A regular expression from the configuration. It runs on RE2's automata, so that a search takes time that is linear in the text,
 * whatever the expression (github.com/google/re2/wiki/WhyRE2).
 */
export interface UserPattern {
  /** The first match, or its first group where the pattern has one that took part; undefined where nothing matches. */
  readonly first: (text: string) => string | undefined;
  /**
   * All matches as UTF-16 offsets, end exclusive, in order and without overlaps.
   * @param from where the first one may begin; what is before it is context, of `^` and `\\b`
   */
  readonly all: (text: string, from?: number) => readonly (readonly [start: number, end: number])[];
}

/** @param pattern one that {@link patternProblem} has nothing to say about */
export function compilePattern(pattern: string): UserPattern {
  const compiled = RE2JS.compile(pattern);
  const hasGroup = compiled.groupCount() > 0;
  return {
    first(text) {
      const matcher = compiled.matcher(text);
      if (!matcher.find()) return undefined;
      return (hasGroup ? matcher.group(1) : null) ?? matcher.group() ?? undefined;
    },
    all(text, from = 0) {
      const matcher = compiled.matcher(text);
      const found: (readonly [number, number])[] = [];
      for (let isFound = matcher.find(from); isFound; isFound = matcher.find())
        found.push([matcher.start(), matcher.end()]);
      return found;
    },
  };
}

/**
 * Whether any of several patterns matches a text: one automaton looks for all of them.
 * @param patterns ones that {@link patternProblem} has nothing to say about
 */
export function compileAny(patterns: readonly string[]): (text: string) => boolean {
  const set = new RE2Set();
  for (const pattern of patterns) set.add(pattern);
  set.compile();
  return (text) => set.match(text).length > 0;
}

/**
 * What is wrong with a regular expression from the configuration, or undefined when it can be used.
 * Example: `"x*"` gives "matches the empty text …".
 */
export function patternProblem(pattern: string): string | undefined {
  if (pattern === "") return "is empty";
  if (pattern.length > PATTERN_CHARACTERS_MAX) return `is longer than ${PATTERN_CHARACTERS_MAX} characters`;
  try {
    if (matchesEmpty(pattern)) return "matches the empty text; make at least one part of it required";
    return undefined;
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    return `is no valid regular expression in RE2's syntax, which has no look-around and no back-references: ${error.message}`;
  }
}

/** Of no text, or of a place in one: where a word begins (`\\b`). */
function matchesEmpty(pattern: string): boolean {
  const { all } = compilePattern(pattern);
  return ["", "a"].some((text) => all(text).some(([start, end]) => start === end));
}
