import { isUnlikelyWord, NAMED, namedValue, PAIR } from "./named-values.ts";
import { behindFirstGroup, isPlaceholderAt, matching, type Range, type Rule } from "./rule.ts";
import { AT, COLON, DOT, QUOTE, SEPARATOR, SLASH } from "./text-traits.ts";
import { valueAt, valueBehind } from "./values.ts";

/** How far a cookie's name may reach. */
const NAME_CHARACTERS_MAX = 64;
const HEADER = new RegExp(
  `(?:authorization|cookie)(?:\\\\{0,8}["'\`]{0,2}\\s{0,8}(?:=>|[:=])[ \\t]{0,8}|${PAIR})`,
  "gi",
);
const SCHEME =
  /(?:(?:bearer|basic|token|negotiate|ntlm|apikey|api-key|key|jwt)\s{1,8}|(?:digest|hawk|oauth|hmac|aws4-hmac-sha256|signature)\s(?<isList>)\s{0,8})/iy;
const COOKIE_GOES_ON = /;[ +]{0,2}(?=[\w.%-]{1,64}=)/y;

/** What an Authorization or Cookie header holds, with its scheme. */
function headerValue(match: RegExpExecArray): Range | undefined {
  const { index, input } = match;
  const start = index + match[0].length;
  const isCookie = /cookie/i.test(match[0]);
  if (isCookie && !input.slice(start, start + NAME_CHARACTERS_MAX).includes("=")) return undefined;
  // The end of a request line, and of a route that is called so.
  const found = input.startsWith("HTTP/", start) ? undefined : valueAt(input, start);
  if (found === undefined) return undefined;
  if (found.isQuoted) return isSecretText(input.slice(...found.range)) ? found.range : undefined;
  if (isCookie) return cookies(input, found.range);
  SCHEME.lastIndex = start;
  const scheme = SCHEME.exec(input);
  if (scheme === null) return isSecretText(input.slice(...found.range)) ? found.range : undefined;
  const from = start + scheme[0].length;
  if (isPlaceholderAt(input, from)) return undefined;
  const end = scheme.groups?.["isList"] === undefined ? valueAt(input, from)?.range[1] : lineEnd(input, from);
  return end === undefined ? undefined : [start, end];
}

/** One pair behind the other. */
function cookies(text: string, [start, firstEnd]: Range): Range {
  let end = firstEnd;
  for (;;) {
    COOKIE_GOES_ON.lastIndex = end;
    if (!COOKIE_GOES_ON.test(text)) return [start, end];
    const next = text.indexOf("=", COOKIE_GOES_ON.lastIndex) + 1;
    end = Math.max(next, valueAt(text, next)?.range[1] ?? next);
  }
}

function isSecretText(text: string): boolean {
  return isUnlikelyWord(text) || /^[^\s]{1,64}\s[^\s]{4}/.test(text);
}

function lineEnd(text: string, from: number): number {
  const end = text.slice(from, from + 4_096).search(/[\r\n]|\\[rn]/);
  return end < 0 ? Math.min(text.length, from + 4_096) : from + end;
}

/** No port stands before the password, and no list of parameters. */
const URL_CREDENTIALS = /:\/\/(?!<)([^\s/@:"'<>;,?=]{0,256}:(?!<|\d{1,5}[;,?/])[^\s/"'<>]{1,256})@/g;
const BEARER = /\b((?:bearer|basic)\s{1,8})(?=[\w.~+/-]{0,63}\d|[\w.~+/-]{24})[\w.~+/-]{6,16384}={0,2}/gi;
/** Signed, or encrypted: then the second part may be empty (RFC 7516, "dir"). */
const JWT = /eyJ(?<![\w-]eyJ)[\w-]{4,16384}\.(?:[\w-]{2,16384}|(?=\.[\w-]{2}))(?:\.[\w-]{0,16384}){0,3}/g;
/** Of Oracle, and of Go's driver for MySQL: what stands before the match. */
const ORACLE = /\bjdbc:oracle:(?:thin|oci8?):["']?([\w$#]{1,64}\/["']?(?!<)[^\s/@"'<>]{1,256})(?=["']?@)/g;
const GO_DSN = /@(?:tcp6?|unix)\(/g;
const GO_DSN_CHARACTERS_MAX = 256;

/** In SQL, and in a sentence. */
const QUOTED =
  /(?:(?:identified\s{1,4}by|password|passwd|(?<token>token|(?<![\w-])secret(?=\s')))\s{1,4}|password\s?\(\s{0,4})(?=["'`])/gi;

/** As {@link valueBehind}; the token that a parser did not expect is none. */
function quotedValue(match: RegExpExecArray): Range | undefined {
  const range = valueBehind(match);
  const isToken = match.groups?.["token"] !== undefined;
  return range !== undefined && isToken && !isUnlikelyWord(match.input.slice(...range)) ? undefined : range;
}

/** Example: "app:hunter2" before "@tcp(db:3306)". */
function goCredentials({ index, input }: RegExpExecArray): Range | undefined {
  let start = index;
  while (index - start < GO_DSN_CHARACTERS_MAX && /[^\s"'`(]/.test(input[start - 1] ?? " ")) start -= 1;
  const text = input.slice(start, index);
  const colon = text.indexOf(":");
  const user = text.lastIndexOf("=", colon) + 1;
  const isMeant = colon > user && colon + 1 < text.length && text[colon + 1] !== "<";
  return isMeant ? [start + user, index] : undefined;
}

function firstGroup({ index, 0: whole, 1: found = "" }: RegExpExecArray): Range {
  const start = index + whole.lastIndexOf(found);
  return [start, start + found.length];
}

/** Secrets that what stands before them betrays. What contains other kinds comes first. */
export const SECRET_RULES: readonly Rule[] = [
  {
    kind: "url-credentials",
    name: "CREDENTIALS",
    needs: AT | SLASH,
    find: matching(URL_CREDENTIALS, firstGroup),
  },
  { kind: "url-credentials", name: "CREDENTIALS", needs: AT | COLON, find: matching(ORACLE, firstGroup) },
  { kind: "url-credentials", name: "CREDENTIALS", needs: AT | COLON, find: matching(GO_DSN, goCredentials) },
  { kind: "authorization", name: "SECRET", needs: SEPARATOR, find: matching(HEADER, headerValue) },
  { kind: "bearer", name: "SECRET", needs: 0, find: matching(BEARER, behindFirstGroup) },
  { kind: "jwt", name: "JWT", needs: DOT, find: matching(JWT) },
];

/** As {@link SECRET_RULES}, behind the keys that their own form betrays. */
export const NAMED_SECRET_RULES: readonly Rule[] = [
  { kind: "secret", name: "SECRET", needs: SEPARATOR, find: matching(NAMED, namedValue) },
  { kind: "secret", name: "SECRET", needs: QUOTE, find: matching(QUOTED, quotedValue) },
];
