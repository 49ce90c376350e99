import { isPlaceholderAt, type Range } from "./rule.ts";

/** What stands where a secret would stand and is none. */
const NO_SECRET =
  /^(?:null|nil|none|undefined|true|false|yes|no|n\/a|empty|unset|redacted|masked|filtered|hidden|removed|\[?(?:redacted|filtered|masked|hidden|removed|secret|protected)\]?|\*{2,}|x{3,}|X{3,}|•+|\.{3}|-+|%[sdv]|\{\}|\$\{?\w{1,64}\}?|\{\{.{0,64})$/i;
const NO_SECRET_CHARACTERS_MAX = 80;
/** Words that follow "password:" or "token:" in a sentence. */
const PROSE =
  /^(?:invalid|incorrect|wrong|bad|missing|expired|required|mandatory|failed|failure|error|errors|success|succeeded|ok|not|no|is|was|has|are|been|must|cannot|can|could|should|may|will|too|does|did|do|the|a|an|for|from|of|to|in|on|at|by|with|and|or|but|if|unexpected|unknown|unauthorized|unauthenticated|denied|revoked|rejected|refused|accepted|valid|verified|changed|updated|created|deleted|reset|rotated|generated|refreshed|renewed|issued|found|loaded|mismatch|malformed|unsupported|permission|access|authentication|authorization|user|users|account|login|please|you|your|this|that|it|we|string|number|object|array|boolean|type|check|use|using|after|before|when|while|because|limit|exceeded|signature|key|token|password|secret)[.,;:!?]*$/i;

/** Longest value that is looked at; a rest would show its end, so there is none in practice. */
const CHARACTERS_MAX = 65_536;
const QUOTES = "\"'`";

/** A value in its place, without its quotes. */
export interface Value {
  readonly range: Range;
  readonly isQuoted: boolean;
}

/**
 * The value that begins there: between quotes, which may be escaped (`\"…\"`) or cut off, or up to where a list, a query or a
 * sentence goes on.
 *
 * Example: of `hunter2, user=bob` it is "hunter2", and of `a,b&c d` "a,b&c".
 */
export function valueAt(text: string, at: number): Value | undefined {
  let open = at;
  while (text[open] === "\\") open += 1;
  const quote = text[open] ?? "";
  if (quote !== "" && QUOTES.includes(quote)) {
    const start = open + 1;
    if (isPlaceholderAt(text, start)) return undefined;
    return value(text, [start, closingQuote(text, start, quote, open - at)], true);
  }
  const start = "[(".includes(text[at] ?? " ") ? at + 1 : at;
  return value(text, [start, endOfBare(text, start)], false);
}

function value(text: string, [start, end]: Range, isQuoted: boolean): Value | undefined {
  if (end <= start || isPlaceholderAt(text, start)) return undefined;
  if (end - start <= NO_SECRET_CHARACTERS_MAX && isNoSecret(text.slice(start, end))) return undefined;
  return { range: [start, end], isQuoted };
}

/** Whether a text stands where a secret would stand, and is none. Example: "null", "***". */
export function isNoSecret(text: string): boolean {
  return NO_SECRET.test(text);
}

/** Whether a value is only the next word of a sentence. */
export function isProse(word: string): boolean {
  return word.length <= 24 && PROSE.test(word);
}

/** Where the quote closes that was opened behind so many backslashes; where it never does, the end of its line. */
function closingQuote(text: string, from: number, quote: string, backslashes: number): number {
  const last = Math.min(text.length, from + CHARACTERS_MAX);
  const period = 2 * (backslashes + 1);
  let run = 0;
  for (let at = from; at < last; at += 1) {
    const character = text[at];
    if (character === quote && run % period === backslashes) return at - run + (run - backslashes);
    run = character === "\\" ? run + 1 : 0;
  }
  const lineEnd = text.indexOf("\n", from);
  return lineEnd < 0 ? text.length : lineEnd;
}

const BARE_END = /[\s"'`<>]/;
const CLOSERS = ")]}";
const SEPARATORS = ",;&|";
/** What follows a separator that is none of a value's own: a blank, a quote, the end, or the next name. */
const NEXT = /(?:[\s"'`<>)\]}\\]|[\w.%-]{1,64}(?:=|:\s|%3D)|$)/y;

function endOfBare(text: string, from: number): number {
  const last = Math.min(text.length, from + CHARACTERS_MAX);
  let at = from;
  while (at < last && !endsAt(text, at)) at += 1;
  while (at > from && ".,;:".includes(text[at - 1] ?? "")) at -= 1;
  return at;
}

function endsAt(text: string, at: number): boolean {
  const character = text[at] ?? "";
  if (BARE_END.test(character)) return true;
  const next = text[at + 1] ?? "";
  if (CLOSERS.includes(character)) return !/\w/.test(next);
  if (character === "\\") return /["'`nrt]/.test(next);
  return SEPARATORS.includes(character) && isNextAt(text, at + 1);
}

function isNextAt(text: string, at: number): boolean {
  NEXT.lastIndex = at;
  return NEXT.test(text);
}
