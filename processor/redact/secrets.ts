import { isUnlikelyWord, NAMED, namedValue, PAIR } from "./named-values.ts";
import { behindFirstGroup, isPlaceholderAt, matching, type Range, type Rule } from "./rule.ts";
import { AT, DASH, DOT, LONG_WORD, SEPARATOR, SLASH } from "./text-traits.ts";
import { isProse, valueAt } from "./values.ts";

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
const OPTION =
  /(?<![\w-])(--?(?:[a-z]{1,20}[_-]){0,3}(?:password|passwd|passphrase|pass|pwd|secret|token|api-?key|access-?key|secret-?key|auth-?key|credentials?|storepass|keypass)(?:\s{1,4}|\\{0,8}["'],\s{0,4}))(?!-)(?=\S)/gi;
const USER_OPTION = /(?<![\w-])((?:-u|--user|--proxy-user)[ =]["']?[^\s:"'/]{1,128}:)(?=[^\s"'/])/g;
const PROGRAM_OPTION =
  /\b((?:sshpass|mysql(?:dump|admin)?|mariadb(?:-dump)?)\b[^\n|]{0,200}?\s-p)(?=[^\s"-]|"| ?(?<=sshpass -p) )/g;
/** Of SMTP and IMAP: a name and a password in base64 (RFC 4954). */
const SASL = /\b(AUTH(?:ENTICATE)? (?:PLAIN|LOGIN) )(?=[\w+/]{8})[\w+/]{8,1024}={0,2}/g;
/** As docker, mongo and redis-cli take it, behind a blank. */
const SPACED_OPTION =
  /\b(?:redis-cli\b[^\n|]{0,200}?\s-a|(?:docker login|mongo(?:sh|dump|restore)?)\b[^\n|]{0,200}?\s-p)\s{1,4}(?=[^\s-])/g;
/** In a sentence: what is long, has digits and no word in it. */
const SPOKEN = /\b((?:token|api[ -]key)\s)(?=[A-Za-z]{0,64}\d)[A-Za-z0-9]{20,512}\b/gi;
/** Of Redis. */
const DIRECTIVE = /(?<![\w-])(?:requirepass|masterauth)\s{1,4}(?=\S)/gi;
const QUOTED = /(?:identified\s{1,4}by|password|passwd|(?<token>token))\s{1,4}(?=["'`])/gi;

/** The value right behind the match, whatever it looks like. */
function valueBehind(match: RegExpExecArray): Range | undefined {
  const { index, input } = match;
  let at = index + match[0].length;
  while (input[at] === " ") at += 1;
  const found = valueAt(input, at);
  return found === undefined || (!found.isQuoted && isProse(input.slice(...found.range)))
    ? undefined
    : found.range;
}

/** As {@link valueBehind}; the token that a parser did not expect is none. */
function quotedValue(match: RegExpExecArray): Range | undefined {
  const range = valueBehind(match);
  const isToken = match.groups?.["token"] !== undefined;
  return range !== undefined && isToken && !isUnlikelyWord(match.input.slice(...range)) ? undefined : range;
}

/** Secrets that what stands before them betrays. What contains other kinds comes first. */
export const SECRET_RULES: readonly Rule[] = [
  {
    kind: "url-credentials",
    name: "CREDENTIALS",
    needs: AT | SLASH,
    find: matching(URL_CREDENTIALS, ({ index, 1: found = "" }) => [index + 3, index + 3 + found.length]),
  },
  { kind: "authorization", name: "SECRET", needs: SEPARATOR, find: matching(HEADER, headerValue) },
  { kind: "bearer", name: "SECRET", needs: 0, find: matching(BEARER, behindFirstGroup) },
  { kind: "authorization", name: "SECRET", needs: 0, find: matching(SASL, behindFirstGroup) },
  { kind: "jwt", name: "JWT", needs: DOT, find: matching(JWT) },
];

/** As {@link SECRET_RULES}, behind the keys that their own form betrays. */
export const NAMED_SECRET_RULES: readonly Rule[] = [
  { kind: "secret", name: "SECRET", needs: SEPARATOR, find: matching(NAMED, namedValue) },
  { kind: "secret", name: "SECRET", needs: DASH, find: matching(OPTION, valueBehind) },
  { kind: "secret", name: "SECRET", needs: DASH | SEPARATOR, find: matching(USER_OPTION, valueBehind) },
  { kind: "secret", name: "SECRET", needs: DASH, find: matching(PROGRAM_OPTION, valueBehind) },
  { kind: "secret", name: "SECRET", needs: DASH, find: matching(SPACED_OPTION, valueBehind) },
  { kind: "secret", name: "SECRET", needs: LONG_WORD, find: matching(SPOKEN, behindFirstGroup) },
  { kind: "secret", name: "SECRET", needs: 0, find: matching(DIRECTIVE, valueBehind) },
  { kind: "secret", name: "SECRET", needs: 0, find: matching(QUOTED, quotedValue) },
];
