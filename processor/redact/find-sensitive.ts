import type { Kind, Range, Rule } from "./rule.ts";
import { traitsOf } from "./text-traits.ts";
import { unescapeOnce } from "./unescape.ts";

/** A part of a text that is not to be shown. */
export interface Sensitive {
  readonly start: number;
  readonly end: number;
  readonly kind: Kind;
  /** What it is called, as in `<EMAIL>`. */
  readonly name: string;
}

/** Secrets that are stuck together hide each other from the rules: what is behind one shows only when that one is a placeholder. Of a
 * text with more of them in a row nothing is shown: each pass costs as much as the first one. */
const PASSES_MAX = 24;
/** Escapes within escapes that are read: a log of a log of a log. */
const ESCAPE_LEVELS_MAX = 3;

/**
 * All that is sensitive in a text, in order and without overlaps; a text in which all of it is replaced has none.
 *
 * Example: of "mail bob@example.com" it is 5 to 20, an "email".
 */
export function findSensitive(text: string, rules: readonly Rule[]): readonly Sensitive[] {
  let found = findOnce(text, rules);
  if (found.length === 0) return found;
  for (let pass = 1; pass < PASSES_MAX; pass += 1) {
    const more = findOnce(
      replaceSensitive(text, found, ({ name }) => `<${name}>`),
      rules,
    );
    if (more.length === 0) return found;
    found = withLater(found, more);
  }
  return [{ start: 0, end: text.length, kind: "secret", name: "SECRET" }];
}

/** The text with other text in the place of what was found. */
export function replaceSensitive(
  text: string,
  found: readonly Sensitive[],
  replacement: (one: Sensitive) => string,
): string {
  let replaced = "";
  let copied = 0;
  for (const one of found) {
    replaced += text.slice(copied, one.start) + replacement(one);
    copied = one.end;
  }
  return replaced + text.slice(copied);
}

/** What is sensitive as the text stands, or else as it reads without its escapes. */
function findOnce(text: string, rules: readonly Rule[], levels = ESCAPE_LEVELS_MAX): readonly Sensitive[] {
  const found = findAsItStands(text, rules);
  if (found.length > 0 || levels === 0) return found;
  const plain = unescapeOnce(text);
  if (plain === undefined) return found;
  const { offsets } = plain;
  return findOnce(plain.text, rules, levels - 1).map((one) => ({
    ...one,
    start: offsets[one.start] ?? 0,
    end: offsets[one.end] ?? text.length,
  }));
}

function findAsItStands(text: string, rules: readonly Rule[]): readonly Sensitive[] {
  const traits = traitsOf(text);
  let found: readonly Sensitive[] = [];
  for (const rule of rules) {
    if ((traits & rule.needs) !== rule.needs) continue;
    const ranges = rule.find(text);
    if (ranges.length > 0) found = withFree(found, ranges, rule);
  }
  return found;
}

/** Those that were found, and of the ranges those that none of them overlaps. */
function withFree(
  found: readonly Sensitive[],
  ranges: readonly Range[],
  { kind, name }: Rule,
): readonly Sensitive[] {
  const all: Sensitive[] = [];
  let at = 0;
  for (const [start, end] of ranges) {
    for (; at < found.length; at += 1) {
      const next = found[at];
      if (next === undefined || next.start >= start) break;
      all.push(next);
    }
    const isFree = (all.at(-1)?.end ?? 0) <= start && (found[at]?.start ?? end) >= end;
    if (isFree && end > start) all.push({ start, end, kind, name });
  }
  return [...all, ...found.slice(at)];
}

/** What was found first, and what was found in the text with its placeholders; what encloses an earlier one takes its place. */
function withLater(found: readonly Sensitive[], later: readonly Sensitive[]): readonly Sensitive[] {
  const all: Sensitive[] = [];
  /** How far behind its place in the text the place in the replaced text is. */
  let shift = 0;
  let at = 0;
  const passBy = (until: number) => {
    for (
      let one = found[at];
      one !== undefined && one.end + shiftBehind(one, shift) <= until;
      one = found[at]
    ) {
      shift = shiftBehind(one, shift);
      all.push(one);
      at += 1;
    }
  };
  for (const one of later) {
    passBy(one.start);
    let start = one.start - shift;
    start = Math.min(start, found[at]?.start ?? start);
    let end = one.end - shift;
    for (let inner = found[at]; inner !== undefined && inner.start + shift < one.end; inner = found[at]) {
      shift = shiftBehind(inner, shift);
      end = Math.max(inner.end, one.end - shift);
      at += 1;
    }
    all.push({ ...one, start, end });
  }
  return [...all, ...found.slice(at)];
}

function shiftBehind({ start, end, name }: Sensitive, shift: number): number {
  return shift + name.length + 2 - (end - start);
}
