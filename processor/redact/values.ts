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

/** Names under which a map holds the value that it is about: {"value": …}, as OTLP has it {"stringValue": …}. */
const HELD_AS = "(?:(?:string|secret)?_?value|plain_?text)";
/** What a value is wrapped in: maps, lists and options ("Some("), structures, and the letters before a quote ("b'…'"). */
const WRAPPERS: readonly RegExp[] = [
  new RegExp(
    String.raw`(?:[A-Za-z_]\w{0,63}\s)?\{\s{0,8}\\{0,8}["']{0,2}${HELD_AS}\\{0,8}["']{0,2}\s{0,4}(?:=>|[:=])\s{0,4}`,
    "iy",
  ),
  /[A-Za-z_][\w:]{0,63}[([]\s{0,4}(?=(?:[A-Za-z_][\w:]{0,63}[([]|[A-Za-z@&]{0,2})\\{0,8}["'`])/y,
  /[([]\s{0,4}(?=\\{0,8}["'`])/y,
  /(?:[bBuUrRfFnNeE]{1,2}|[@$&])(?=\\{0,8}["'`])/y,
];
const WRAPPERS_MAX = 4;

/** Where the value begins that is wrapped there; the same place where it is not. Example: of `Some("x")` at the quote. */
export function unwrap(text: string, at: number): number {
  let from = at;
  for (let wrapper = 0; wrapper < WRAPPERS_MAX; wrapper += 1) {
    const inner = WRAPPERS.map((pattern) => endOf(pattern, text, from)).find((end) => end > from);
    if (inner === undefined) break;
    from = inner;
  }
  return from;
}

/** Where the match ends that begins there; the same place where there is none. */
function endOf(sticky: RegExp, text: string, at: number): number {
  sticky.lastIndex = at;
  return sticky.test(text) ? sticky.lastIndex : at;
}

/**
 * The value that begins there, maybe wrapped: between quotes, which may be escaped (`\"…\"`) or cut off, or up to where a list, a query
 * or a sentence goes on.
 *
 * Example: of `hunter2, user=bob` it is "hunter2", of `a,b&c d` "a,b&c", and of `Some("x y")` "x y".
 */
export function valueAt(text: string, at: number): Value | undefined {
  const from = unwrap(text, at);
  let open = from;
  while (text[open] === "\\") open += 1;
  const quote = text[open] ?? "";
  if (quote !== "" && QUOTES.includes(quote))
    return quotedAt(
      text,
      open,
      { text: quote, backslashes: open - from },
      "([".includes(text[from - 1] ?? " "),
    );
  const start = "[(".includes(text[from] ?? " ") ? from + 1 : from;
  return value(text, [start, endOfBare(text, start)], false);
}

/** What closes a quoted value. */
interface Quote {
  readonly text: string;
  /** Before each of the two. */
  readonly backslashes: number;
}

/** @param isList whether more values may follow behind a comma, all of which are one */
function quotedAt(text: string, open: number, quote: Quote, isList: boolean): Value | undefined {
  const start = open + 1;
  if (isPlaceholderAt(text, start)) return undefined;
  // "" within a field of CSV.
  const isDoubled = text[start] === quote.text && /[^\s,;)\]}]/.test(text[start + 1] ?? " ");
  if (isDoubled) {
    const end = text.slice(start + 1, start + CHARACTERS_MAX).indexOf(quote.text + quote.text);
    return value(text, [start + 1, end < 0 ? lineEnd(text, start + 1) : start + 1 + end], true);
  }
  const end = closingQuote(text, start, quote);
  return value(text, [start, isList ? endOfList(text, end, quote) : end], true);
}

const COMMA = /\s{0,4},\s{0,4}/y;

/** Where the last of a list of quoted values closes, the first of which closes at `end`. */
function endOfList(text: string, end: number, quote: Quote): number {
  const mark = "\\".repeat(quote.backslashes) + quote.text;
  let last = end;
  for (;;) {
    const comma = last + mark.length;
    const next = endOf(COMMA, text, comma);
    if (next === comma || !text.startsWith(mark, next)) return last;
    last = closingQuote(text, next + mark.length, quote);
  }
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

/** Where the quote closes; where it never does, the end of its line. */
function closingQuote(text: string, from: number, { text: quote, backslashes }: Quote): number {
  const last = Math.min(text.length, from + CHARACTERS_MAX);
  const period = 2 * (backslashes + 1);
  let run = 0;
  for (let at = from; at < last; at += 1) {
    const character = text[at];
    if (character === quote && run % period === backslashes) {
      const quoted = backslashes === 0 && at > from ? quotedQuote(text, at) : 0;
      if (quoted === 0) return at - backslashes;
      at += quoted - 1;
    }
    run = character === "\\" ? run + 1 : 0;
  }
  return lineEnd(text, from);
}

/** Characters of a quote within quotes, as SQL ("it''s") and shells ("it'\\''s") write it; 0: it is none. */
function quotedQuote(text: string, at: number): number {
  if (text[at] === text[at + 1]) return 2;
  return text.startsWith("'\\''", at) ? 4 : 0;
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end < 0 ? text.length : end;
}

const BARE_END = /[\s<>]/;
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
  const next = text[at + 1] ?? "";
  // A quote within a word closes nothing that is open around it.
  if (QUOTES.includes(character)) return !/\w/.test(next) || !/\w/.test(text[at - 1] ?? "");
  if (BARE_END.test(character)) return true;
  if (CLOSERS.includes(character)) return !/\w/.test(next);
  if (character === "\\") return /["'`nrt]/.test(next);
  return SEPARATORS.includes(character) && isNextAt(text, at + 1);
}

function isNextAt(text: string, at: number): boolean {
  NEXT.lastIndex = at;
  return NEXT.test(text);
}
