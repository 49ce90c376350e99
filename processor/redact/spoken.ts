import { behindFirstGroup, matching, type Range, type Rule } from "./rule.ts";
import { DIGIT, LONG_WORD } from "./text-traits.ts";

/** In a sentence: what is long, has digits and no word in it. */
const LONG_TOKEN = /((?:token|api[ -]key)\s)(?=[A-Za-z]{0,64}\d)[A-Za-z0-9]{20,512}\b/gi;

const WHOSE = String.raw`(?:\s(?:for|of|to)\s["'\x60]?[\w.@\\%+-]{1,64}["'\x60]?)?`;
const MADE = String.raw`(?:\s(?:is|was|has been)?\s?(?:(?:auto-?)?generated|created|assigned|changed|set|reset))?`;
/** "password", what a sentence says of it, and the word that may be one. */
const PASSWORD = new RegExp(
  String.raw`\b(?:pass(?:word|phrase|code)|passwd|psk|community(?: string)?|(?<key>api[ -]?key|(?:access|auth|refresh|bearer)[ -]token|client secret))(?:(?<told>${MADE}${WHOSE}(?:\s(?:is|was|to|=|->|<-)\s|:\s)|\s?\[)|\s(?=[^\s<]))["'\x60]?(?<word>[^\s"'\x60<>]{6,128})`,
  "gi",
);
const FAILED_BEFORE = /\b(?:failed|invalid|wrong|bad|incorrect)\s$/i;
/** How far back is looked at what a sentence says. */
const BEFORE_CHARACTERS = 24;
/** Letters and digits, or letters and signs: no word of a sentence. */
const MIXED = /^(?=[^\d]{0,64}\d)(?=[^A-Za-z]{0,64}[A-Za-z])[\w!#$%&*+.?@^~,;|/=-]{6,128}$/;
/** A name with a number, a version, a number with its unit, a time, a digest, an address, a path or an assignment. */
const NO_PASSWORD =
  /^(?:[A-Za-z]+[-_#.]?\d{1,4}|v?\d+(?:\.\d+)*\S?|\d+-?[A-Za-z]{1,8}|\d{4}-\d\d-\d\d.*|\d\d?:\d\d.*|\/.*|.*[=@].*\..*|.*[=/]|\w+=.*|(?:sha|md|aes|utf|rsa|des|hmac|pbkdf|argon|base|http|oauth|ipv|auth)-?\d.*)$/i;
/** What only a sentence that says "is" or ":" may have for a password. */
const NAME_WITH_NUMBER = /^[A-Za-z]+\d{1,4}$/;
/** What is said to be a key is an identifier where it is shorter. */
const KEY_CHARACTERS_MIN = 12;
const SENTENCE_END = /[.,;:!?)\]]+$/;

function spokenPassword({ index, input, 0: whole, groups = {} }: RegExpExecArray): Range | undefined {
  const { told, key, word = "" } = groups;
  const core = word.replace(SENTENCE_END, "");
  const isTold = told !== undefined;
  const isPassword = MIXED.test(core) && (!NO_PASSWORD.test(core) || (isTold && NAME_WITH_NUMBER.test(core)));
  if (key !== undefined && !(isTold && core.length >= KEY_CHARACTERS_MIN)) return undefined;
  if (!isPassword || (isTold && FAILED_BEFORE.test(before(input, index)))) return undefined;
  const start = index + whole.length - word.length;
  return [start, start + core.length];
}

function before(text: string, at: number): string {
  return text.slice(Math.max(0, at - BEFORE_CHARACTERS), at);
}

/** A code that is valid once. */
const CODE =
  /(?<name>code|otp)(?: code)?(?: is|:| =|,)?\s(?=[A-Z]{0,8}\d)(?<word>\d{4,8}|\d{3}[ -]\d{3}|[A-Z0-9]{6,10})(?![\w.:%/-])/gi;
const CODE_BEFORE =
  /\b(?:verification|security|login|one-?time|access|auth(?:entication|orization)?|confirmation|recovery|pin|2fa|mfa)[ -](?:pass)?$/i;

function spokenCode({ index, input, 0: whole, groups = {} }: RegExpExecArray): Range | undefined {
  const { name = "", word = "" } = groups;
  const isMeant = /^otp$/i.test(name)
    ? !/[a-z]$/i.test(before(input, index))
    : CODE_BEFORE.test(before(input, index));
  return isMeant ? [index + whole.length - word.length, index + whole.length] : undefined;
}

/** Names and passwords for them: credentials bob:hunter2. */
const CREDENTIALS =
  /\b(credentials?(?: are| were|:)?\s["'`(]?[\w.@+-]{1,64}[:/])(?=[^\s"'`]{0,64}\d)[^\s"'`<>)]{6,128}/gi;

/** What is said to be a secret, without a sign between its name and its value. */
export const SPOKEN_RULES: readonly Rule[] = [
  { kind: "secret", name: "SECRET", needs: LONG_WORD, find: matching(LONG_TOKEN, behindFirstGroup) },
  { kind: "secret", name: "SECRET", needs: DIGIT, find: matching(PASSWORD, spokenPassword) },
  { kind: "secret", name: "SECRET", needs: DIGIT, find: matching(CODE, spokenCode) },
  { kind: "secret", name: "SECRET", needs: DIGIT, find: matching(CREDENTIALS, behindFirstGroup) },
];
