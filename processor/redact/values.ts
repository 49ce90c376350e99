import { isPlaceholderAt, type Range } from "./rule.ts";

/** What stands where a secret would stand and is none. */
const NO_SECRET =
  /^(?:null|nil|none|undefined|true|false|yes|no|n\/a|empty|unset|redacted|masked|filtered|hidden|removed|on|off|enabled|disabled|valid|invalid|verified|expired|missing|revoked|required|denied|failed|mismatch|same-origin|include|omit|[!-/:-@[-`{-~]{1,2}|\?|:[a-z_]{2,32}\d{0,2}|@__\w{1,64}|SIG[A-Z]{2,8}|\/(?:var|run|etc|opt|usr|home|tmp|mnt|srv|secrets)\/[\w./-]{1,80}|\[(?:redacted|filtered|masked|hidden|removed|secret|protected)\]|protected|\*{2,}|x{3,}|X{3,}|•+|\.{3}|-+|%[sdv]|\{\}|\$\{\w{1,64}\}?|\$\d{1,3}|\{\{.{0,64})$/i;
/** Of a shell; a password may begin with "$" as well. */
const VARIABLE = /^\$[A-Z_]{1,64}$/;
const NO_SECRET_CHARACTERS_MAX = 80;
/** Words that follow "password:" or "token:" in a sentence. */
const PROSE =
  /^(?:invalid|incorrect|wrong|bad|missing|expired|required|mandatory|failed|failure|error|errors|success|succeeded|ok|not|no|is|was|has|are|been|must|cannot|can|could|should|may|will|too|does|did|do|the|a|an|for|from|of|to|in|on|at|by|with|and|or|but|if|unexpected|unknown|unauthorized|unauthenticated|denied|revoked|rejected|refused|accepted|valid|verified|changed|updated|created|deleted|reset|rotated|generated|refreshed|renewed|issued|found|loaded|mismatch|malformed|unsupported|permission|min|max|minimum|maximum|options?|access|attempts?|all|already|policy|policies|strength|length|authentication|authorization|user|users|account|login|please|you|your|this|that|it|we|string|number|object|array|boolean|type|check|use|using|after|before|when|while|because|limit|exceeded|signature|key|token|password|secret)[.,;:!?]*$/i;

/** Longest value that is looked at; a rest would show its end, so there is none in practice. */
const CHARACTERS_MAX = 65_536;
const QUOTES = "\"'`";

/** A value in its place, without its quotes. */
export interface Value {
  readonly range: Range;
  readonly isQuoted: boolean;
}

/** A quote in the escapes of JSON and C, of URLs, of HTML, maybe escaped again. */
const ESCAPED_QUOTE = String.raw`(?:\\{1,8}(?:u00|x)(?:22|27)|%(?:25){0,3}(?:22|27)|\\{0,8}&(?:amp;){0,3}(?:quot|apos|#34|#39|#x22|#x27);)`;
const OPENING = String.raw`(?:\\{0,8}["'\x60]|${ESCAPED_QUOTE})`;
/** Blanks and line breaks, which may be escaped. */
const GAP = String.raw`(?:\s|\\{1,8}[nrt]){0,8}`;
/** A call or an option: `Some(`, `new String(`. */
const CALL = String.raw`(?:new\s)?[A-Za-z_][\w:]{0,63}[([]`;
/** Names under which a map holds the value that it is about: {"value": …}, as OTLP has it {"stringValue": …}. */
const HELD_AS = "(?:(?:string|secret)?_?value|plain_?text)";
/** How a password was hashed: {bcrypt}$2a$…, {SSHA}…, {noop}…. */
const HASHED_BY = String.raw`\{[A-Za-z0-9-]{2,20}\}(?=[\w$+])`;
/** What a value is wrapped in: maps, structures, lists and options, and the letters before a quote ("b'…'"). */
const WRAPPERS: readonly RegExp[] = [
  HASHED_BY,
  // PHP's var_dump.
  String.raw`string\(\d{1,7}\)\s(?=")`,
  String.raw`(?:[A-Za-z_]\w{0,63}\s)?\{\s{0,8}\\{0,8}["']{0,2}${HELD_AS}\\{0,8}["']{0,2}\s{0,4}(?:=>|[:=])\s{0,4}`,
  `${CALL}${GAP}(?=(?:${CALL}|[A-Za-z@&]{0,2})${OPENING})`,
  `[([]${GAP}(?=${OPENING})`,
  `(?:[burfne]{1,2}|[@$&])(?=${OPENING})`,
].map((wrapper) => new RegExp(wrapper, "iy"));
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
  const quote = quoteAt(text, from);
  if (quote !== undefined) return quotedAt(text, from, quote);
  const start = "[(".includes(text[from] ?? " ") ? from + 1 : from;
  return value(text, [start, endOfBare(text, start)], false);
}

/** The value right behind a match, whatever it looks like, unless it is only the next word of a sentence. */
export function valueBehind({ index, input, 0: match }: RegExpExecArray): Range | undefined {
  let at = index + match.length;
  while (input[at] === " ") at += 1;
  const found = valueAt(input, at);
  return found === undefined || (!found.isQuoted && isProse(input.slice(...found.range)))
    ? undefined
    : found.range;
}

/** What opens a quoted value and closes it. */
interface Quote {
  /** Example: `\\"`. */
  readonly mark: string;
  /** Where it closes that was opened right before `from`; where it never does, the end of the line. */
  readonly close: (text: string, from: number) => number;
}

const ESCAPED_OPENING = new RegExp(ESCAPED_QUOTE, "iy");

function quoteAt(text: string, at: number): Quote | undefined {
  const escaped = text.slice(at, endOf(ESCAPED_OPENING, text, at));
  if (escaped !== "") return closedBy(escaped);
  let open = at;
  while (text[open] === "\\") open += 1;
  const quote = text[open] ?? "";
  if (quote === "" || !QUOTES.includes(quote)) return undefined;
  // "" within a field of CSV, unless it is the empty text.
  const isDoubled = text[open + 1] === quote && /[^\s,;)\]}]/.test(text[open + 2] ?? " ");
  if (isDoubled) return closedBy(quote + quote);
  const backslashes = open - at;
  return {
    mark: text.slice(at, open + 1),
    close: (whole, from) => closingQuote(whole, from, quote, backslashes),
  };
}

function closedBy(mark: string): Quote {
  return {
    mark,
    close(text, from) {
      const end = text.slice(from, from + CHARACTERS_MAX).indexOf(mark);
      return end < 0 ? lineEnd(text, from) : from + end;
    },
  };
}

/** Of a list of quoted values all are one. */
function quotedAt(text: string, open: number, quote: Quote): Value | undefined {
  const start = open + quote.mark.length;
  if (isPlaceholderAt(text, start)) return undefined;
  const end = quote.close(text, start);
  const isList = OPEN_LIST.test(text.slice(Math.max(0, open - LIST_GAP_CHARACTERS), open));
  return value(text, [start, isList ? endOfList(text, end, quote) : end], true);
}

const LIST_GAP_CHARACTERS = 16;
const OPEN_LIST = new RegExp(`[([]${GAP}$`);
const COMMA = new RegExp(`${GAP},${GAP}`, "y");

/** Where the last of a list of quoted values closes, the first of which closes at `end`. */
function endOfList(text: string, end: number, { mark, close }: Quote): number {
  let last = end;
  for (;;) {
    const comma = last + mark.length;
    const next = endOf(COMMA, text, comma);
    if (next === comma || !text.startsWith(mark, next)) return last;
    last = close(text, next + mark.length);
  }
}

function value(text: string, [start, end]: Range, isQuoted: boolean): Value | undefined {
  if (end <= start || isPlaceholderAt(text, start)) return undefined;
  if (end - start <= NO_SECRET_CHARACTERS_MAX && isNoSecret(text.slice(start, end))) return undefined;
  return { range: [start, end], isQuoted };
}

/** Whether a text stands where a secret would stand, and is none. Example: "null", "***". */
export function isNoSecret(text: string): boolean {
  return NO_SECRET.test(text) || VARIABLE.test(text);
}

/** Whether a value is only the next word of a sentence. */
export function isProse(word: string): boolean {
  return word.length <= 24 && PROSE.test(word);
}

/** Where the quote closes; where it never does, the end of its line. */
function closingQuote(text: string, from: number, quote: string, backslashes: number): number {
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
/** Of a quote or a line's end. */
const ESCAPE = /\\{1,16}["'`nrt]/y;
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
  if (character === "\\") return endOf(ESCAPE, text, at) > at;
  return SEPARATORS.includes(character) && isNextAt(text, at + 1);
}

function isNextAt(text: string, at: number): boolean {
  NEXT.lastIndex = at;
  return NEXT.test(text);
}
