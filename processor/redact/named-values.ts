import type { Range } from "./rule.ts";
import { isCount, isHarmlessToken, isOwnWord, SECRET_NAME } from "./secret-names.ts";
import { isProse, unwrap, valueAt } from "./values.ts";

const QUOTES = "\\\\{0,8}[\"'`]{0,2}";
/** Behind ":" the value may stand in the next line, as YAML has it. */
const SEPARATOR = `\\]?${QUOTES}\\]?\\s{0,8}(?<separator>=>|(?<=\\s)->(?=\\s)|:=|[:=]|%3[aAdD]|(?:\\s[\\w:.-]{1,32}=(?:"[^"<>]{0,128}"|'[^'<>]{0,128}')){0,4}>)[ \\t]{0,8}(?<block>(?:[|>][+-]?[ \\t]{0,4})?\\r?\\n[ \\t]{1,32})?`;
/** Name and value as a pair: {"name":"DB_PASSWORD","value":"…"}, <name>db.password</name><value>…</value>. */
export const PAIR = `(?:${QUOTES}[\\s,;]{1,32}${QUOTES}value${QUOTES}\\s{0,8}(?:=>|[:=])\\s{0,8}|</(?:name|key)>\\s{0,32}<value>|["']\\s?>\\s{0,32}<value>|["'](?:\\r?\\n|\\\\r|\\\\n){2,8})`;

/** A secret's name, and what stands before its value. */
export const NAMED = new RegExp(`${SECRET_NAME}(?:${PAIR}|${SEPARATOR})`, "gi");

/** How far back a name may begin. */
const NAME_CHARACTERS_MAX = 64;
const DIGITS_FEW = /^\d{1,6}$/;
const HEXADECIMAL = /^0x[0-9a-f]+$/i;
/** What is counted beside tests that pass, and how far from them. */
const COUNTS =
  /(?<![A-Za-z])(?:fail|skip|err|warn|total|ok|todo|pending|ignored|broken|loss)[a-z]{0,4}["']?\s?[=:]\s?\d/i;
const AROUND_CHARACTERS = 48;
/** What Terraform and others print in place of a value. */
const MASKED = /\((?:sensitive(?: value)?|known after apply|hidden|redacted|none)\)/iy;
/** An object as Java prints it: Token{a64f992 …}, android.os.BinderProxy@2bd79ce. */
const OBJECT = /[A-Za-z_$][\w.$]{0,127}(?:\{|@[0-9a-f]{4,16}(?![\w.@-]))/y;
/** What a sentence would hardly say. */
const UNLIKELY_WORD = /\d|[^\s]{16}/;

/**
 * The value behind a name and "=", ":" and the like. Example: "hunter2" in "db_password=hunter2". What does not count is told by how it
 * begins: a value that was read and does not count would be read again from the next name within it.
 */
export function namedValue(match: RegExpExecArray): Range | undefined {
  const { index, input, groups = {} } = match;
  const end = index + match[0].length;
  const found = isHarmlessAt(match, end) ? undefined : valueAt(input, end);
  if (found === undefined) return undefined;
  const text = input.slice(...found.range);
  if (/^(?:\s|>$)/.test(groups["separator"] ?? ""))
    return isElement(input, index, found.range) ? found.range : undefined;
  if (groups["block"] !== undefined && !isBlock(match, found.range)) return undefined;
  const isMeant =
    !isHarmless(match, text) && (found.isQuoted || !isSpoken(match) || isSpokenSecret(match, text));
  return isMeant ? found.range : undefined;
}

/** Where values begin that stand behind a secret's name, whatever they are. Example: 4 of "otp=26". */
export function namedValues(text: string): readonly number[] {
  return [...text.matchAll(NAMED)]
    .filter((match) => !isOtherWord(match) && match.groups?.["plural"] !== "s")
    .map(({ index, 0: name }) => index + name.length);
}

/** Whether a text is hardly a word of a sentence. */
export function isUnlikelyWord(text: string): boolean {
  return UNLIKELY_WORD.test(text);
}

/** A part of a word, a token of a language model. */
function isOtherWord({ input, index, groups = {} }: RegExpExecArray): boolean {
  const { short, suffix = "" } = groups;
  return (
    (short !== undefined && !isOwnWord(input, index) && !/token$/i.test(suffix)) ||
    isHarmlessToken(input, index)
  );
}

/** Another word, a map, an object as Java prints it, a working directory ("PWD=/srv"). */
function isHarmlessAt(match: RegExpExecArray, at: number): boolean {
  const { input, groups = {} } = match;
  MASKED.lastIndex = at;
  if (isOtherWord(match) || MASKED.test(input)) return true;
  if (groups["plural"] === "s" && !isSecretOfMany(input, at)) return true;
  if (input[at] === "{") return unwrap(input, at) === at;
  if (/^pwd$/i.test(groups["strong"] ?? "")) return input[at] === "/";
  OBJECT.lastIndex = at;
  return groups["weak"] !== undefined && OBJECT.test(input) && unwrap(input, at) === at;
}

/** Counts of tests, numbers of tokens and sessions (ZooKeeper's 0x14f…). */
function isHarmless(match: RegExpExecArray, value: string): boolean {
  const { short, weak, strong = "", suffix = "" } = match.groups ?? {};
  if (short !== undefined) return isCount(short + suffix, value, isBesideCounts(match));
  // Of Kubernetes: an object, whose name comes next.
  if (weak !== undefined && /^secret$/i.test(value)) return true;
  if (/id$/i.test(suffix) && DIGITS_FEW.test(value)) return true;
  return /id$/i.test(weak ?? strong) && HEXADECIMAL.test(value);
}

const FIRST_CHARACTERS = 64;

/** Of several tokens or passwords the first must look like one: numbers count them, and words are the tokens of a language. */
function isSecretOfMany(text: string, at: number): boolean {
  const from = unwrap(text, at);
  const [first = ""] = text
    .slice(from, from + FIRST_CHARACTERS)
    .replace(/^[\\"'`]+/, "")
    .split(/[\s"'`,;&)\]}\\]/, 1);
  return /[A-Za-z]/.test(first) && isUnlikelyWord(first) && !/^[\d.,]{1,16}[A-Za-z]{1,2}$/.test(first);
}

/** Whether the name stands alone among counts. Example: "pass" in "pass=12 fail=0". */
function isBesideCounts({ input, index, 0: text }: RegExpExecArray): boolean {
  if (isCompound(input, index)) return false;
  const behind = index + text.length;
  return COUNTS.test(input.slice(Math.max(0, index - AROUND_CHARACTERS), behind + AROUND_CHARACTERS));
}

/** Whether the next line is a value, and neither the next name of a map nor a sentence. */
function isBlock({ input, groups = {} }: RegExpExecArray, [, end]: Range): boolean {
  return groups["separator"] === ":" && /[\r\n"'`,}\]]/.test(input[end] ?? "\n");
}

/** Whether what follows "token: " or "password: " in a sentence is none of its words. */
function isSpokenSecret({ input, index, groups = {} }: RegExpExecArray, value: string): boolean {
  if (isProse(value)) return false;
  if (groups["strong"] !== undefined) return true;
  if (groups["weak"] !== undefined && DIGITS_FEW.test(value)) return false;
  return UNLIKELY_WORD.test(value) || isCompound(input, index);
}

/** Whether name and value may be words of a sentence: ": " between them and no quotes around the name. */
function isSpoken({ 0: text, groups = {} }: RegExpExecArray): boolean {
  return (groups["block"] !== undefined || /[\w\]]:[ \t]/.test(text.slice(-10))) && !/["'`]/.test(text);
}

/** Whether the name is a part of a longer one, such as that of a header. */
function isCompound(text: string, at: number): boolean {
  return /[\w.-]/.test(text[at - 1] ?? "");
}

/** How an element says what its value is called: <property name="db.password">. */
const ELEMENT_NAME = /<[a-z]{1,16}\s(?:name|key)=["']$/i;
const ELEMENT_CHARACTERS = 32;

/** Whether the name is that of an element, and the value what it holds. */
function isElement(text: string, at: number, [, end]: Range): boolean {
  let open = at;
  while (open > 0 && at - open < NAME_CHARACTERS_MAX && /[\w:.-]/.test(text[open - 1] ?? "")) open -= 1;
  const isOpen =
    text[open - 1] === "<" || ELEMENT_NAME.test(text.slice(Math.max(0, open - ELEMENT_CHARACTERS), open));
  return isOpen && text.startsWith("</", end);
}
