import { behindFirstGroup, isPlaceholderAt, matching, type Range, type Rule } from "./rule.ts";
import { AT, DASH, DOT, SEPARATOR, SLASH } from "./text-traits.ts";
import { isProse, valueAt } from "./values.ts";

/** Names whose value is a secret, whatever it is. */
const STRONG =
  "pass(?:word|wd|phrase|code)|passw|passwrd|pwd|pswd|secret|api[_.-]?key|access[_.-]?key|account[_.-]?key|shared[_.-]?key|private[_.-]?key|encryption[_.-]?key|signing[_.-]?key|master[_.-]?key|auth[_.-]?key|license[_.-]?key|security[_.-]?token|x-amz-(?:signature|credential)|client[_.-]?secret|(?:js|php)?sess(?:ion)?_?id(?=[\"'\\\\]{0,8}\\s?[=:])|connect\\.sid|csrf|xsrf";
/** Names that sentences use as well. */
const WEAK = "token|credentials?|signature|session[_.-](?:id|key)";
/** Too short to be looked for within a word. */
const SHORT = "(?<![A-Za-z])(?:pass|pw|psk|sig|otp|cvv2?|cvc2?|jwt|bearer)";
const NAME = `(?:(?<strong>${STRONG})|(?<weak>${WEAK})|(?<short>${SHORT}))`;
const SUFFIX =
  "(?:[_.-]?(?:value|key|hash|text|string|base|confirm(?:ation)?|again|new|old|plain|id|token))?\\d?";
const BETWEEN =
  "\\]?\\\\{0,8}[\"'`]?\\]?\\s{0,8}(?<separator>=>|(?<=\\s)->(?=\\s)|:=|[:=]|%3[aAdD]|>)[ \\t]{0,8}";
const NAMED = new RegExp(NAME + SUFFIX + BETWEEN, "gi");

/** How far back a name may begin. */
const NAME_CHARACTERS_MAX = 64;
const DIGITS_FEW = /^\d{1,6}$/;
const HEXADECIMAL = /^0x[0-9a-f]+$/i;
/** An object as Java prints it: Token{a64f992 …}, android.os.BinderProxy@2bd79ce. */
const OBJECT = /[A-Za-z_$][\w.$]{0,127}(?:\{|@[0-9a-f]{4,16}(?![\w.@-]))/y;
/** What a sentence would hardly say. */
const UNLIKELY_WORD = /\d|[^\s]{16}/;

/**
 * The value behind a name and "=", ":" and the like. Example: "hunter2" in "db_password=hunter2". What does not count is told by how it
 * begins: a value that was read and does not count would be read again from the next name within it.
 */
function namedValue(match: RegExpExecArray): Range | undefined {
  const { index, input, groups = {} } = match;
  const end = index + match[0].length;
  const found = isHarmlessAt(match, end) ? undefined : valueAt(input, end);
  if (found === undefined) return undefined;
  const text = input.slice(...found.range);
  const isMeant =
    groups["separator"] === ">"
      ? isElement(input, index, found.range)
      : !isHarmless(match, text) && (found.isQuoted || !isSpoken(match) || isSpokenSecret(match, text));
  return isMeant ? found.range : undefined;
}

/** A map, an object as Java prints it, a working directory ("PWD=/srv"). */
function isHarmlessAt({ input, groups = {} }: RegExpExecArray, at: number): boolean {
  if (input[at] === "{") return true;
  if (/^pwd$/i.test(groups["strong"] ?? "")) return input[at] === "/";
  OBJECT.lastIndex = at;
  return groups["weak"] !== undefined && OBJECT.test(input);
}

/** Counts of tests ("pass=12") and sessions that are only numbered (ZooKeeper's 0x14f…). */
function isHarmless({ groups = {} }: RegExpExecArray, value: string): boolean {
  if (/^pass/i.test(groups["short"] ?? "")) return DIGITS_FEW.test(value);
  return /id$/i.test(groups["weak"] ?? groups["strong"] ?? "") && HEXADECIMAL.test(value);
}

/** Whether what follows "token: " or "password: " in a sentence is none of its words. */
function isSpokenSecret({ input, index, groups = {} }: RegExpExecArray, value: string): boolean {
  if (isProse(value)) return false;
  if (groups["strong"] !== undefined) return true;
  if (groups["weak"] !== undefined && DIGITS_FEW.test(value)) return false;
  return UNLIKELY_WORD.test(value) || isCompound(input, index);
}

/** Whether name and value may be words of a sentence: ": " between them and no quotes around the name. */
function isSpoken({ 0: text }: RegExpExecArray): boolean {
  return /[\w\]]:[ \t]/.test(text.slice(-10)) && !/["'`]/.test(text);
}

/** Whether the name is a part of a longer one, such as that of a header. */
function isCompound(text: string, at: number): boolean {
  return /[\w.-]/.test(text[at - 1] ?? "");
}

/** Whether the name is that of an element, and the value what it holds. */
function isElement(text: string, at: number, [, end]: Range): boolean {
  let open = at;
  while (open > 0 && at - open < NAME_CHARACTERS_MAX && /[\w:.-]/.test(text[open - 1] ?? "")) open -= 1;
  return text[open - 1] === "<" && text.startsWith("</", end);
}

const HEADER = /(?:authorization|cookie)\\{0,8}["'`]?\s{0,8}(?:=>|[:=])[ \t]{0,8}/gi;
const SCHEME =
  /(?:(?:bearer|basic|token|negotiate|ntlm|apikey|api-key|key|jwt)\s{1,8}|(?:digest|hawk|oauth|hmac|aws4-hmac-sha256|signature)\s(?<isList>)\s{0,8})/iy;
const COOKIE_GOES_ON = /;[ +]{0,2}(?=[\w.%-]{1,64}=)/y;

/** What an Authorization or Cookie header holds, with its scheme. */
function headerValue(match: RegExpExecArray): Range | undefined {
  const { index, input } = match;
  const start = index + match[0].length;
  const isCookie = /cookie/i.test(match[0]);
  if (isCookie && !input.slice(start, start + NAME_CHARACTERS_MAX).includes("=")) return undefined;
  const found = valueAt(input, start);
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
  return UNLIKELY_WORD.test(text) || /^[^\s]{1,64}\s[^\s]{4}/.test(text);
}

function lineEnd(text: string, from: number): number {
  const end = text.slice(from, from + 4_096).search(/[\r\n]|\\[rn]/);
  return end < 0 ? Math.min(text.length, from + 4_096) : from + end;
}

const URL_CREDENTIALS = /:\/\/(?!<)([^\s/@:"'<>]{0,256}:(?!<)[^\s/"'<>]{1,256})@/g;
const BEARER = /\b((?:bearer|basic)\s{1,8})(?=[\w.~+/-]{0,63}\d|[\w.~+/-]{24})[\w.~+/-]{6,16384}={0,2}/gi;
const JWT = /eyJ(?<![\w-]eyJ)[\w-]{4,16384}\.[\w-]{2,16384}(?:\.[\w-]{0,16384}){0,3}/g;
const OPTION =
  /(?<![\w-])(--?(?:[a-z]{1,20}[_-]){0,3}(?:password|passwd|passphrase|pass|pwd|secret|token|api-?key|access-?key|secret-?key|auth-?key|credentials?)(?:\s{1,4}))(?!-)(?=\S)/gi;
const USER_OPTION = /(?<![\w-])((?:-u|--user|--proxy-user)[ =]["']?[^\s:"'/]{1,128}:)(?=[^\s"'/])/g;
const PROGRAM_OPTION =
  /\b((?:sshpass|mysql(?:dump|admin)?|mariadb(?:-dump)?)\b[^\n|]{0,200}?\s-p)(?=[^\s"-]|"| ?(?<=sshpass -p) )/g;
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
  return range !== undefined && isToken && !UNLIKELY_WORD.test(match.input.slice(...range))
    ? undefined
    : range;
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
  { kind: "jwt", name: "JWT", needs: DOT, find: matching(JWT) },
];

/** As {@link SECRET_RULES}, behind the keys that their own form betrays. */
export const NAMED_SECRET_RULES: readonly Rule[] = [
  { kind: "secret", name: "SECRET", needs: SEPARATOR, find: matching(NAMED, namedValue) },
  { kind: "secret", name: "SECRET", needs: DASH, find: matching(OPTION, valueBehind) },
  { kind: "secret", name: "SECRET", needs: DASH | SEPARATOR, find: matching(USER_OPTION, valueBehind) },
  { kind: "secret", name: "SECRET", needs: DASH, find: matching(PROGRAM_OPTION, valueBehind) },
  { kind: "secret", name: "SECRET", needs: 0, find: matching(QUOTED, quotedValue) },
];

/** Whether an attribute of this name holds a secret, whatever its value is. Example: "db.password". */
export function isSecretName(name: string): boolean {
  return name !== SESSION_ID && SECRET_NAME.test(name);
}

/** Of the semantic conventions: it names a session, and opens none. */
const SESSION_ID = "session.id";
const SECRET_NAME = new RegExp(
  `(?:${STRONG}|authorization|cookie|(?<![A-Za-z])(?:${WEAK})|token)${SUFFIX}$`,
  "i",
);
