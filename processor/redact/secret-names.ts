/** Names whose value is a secret, whatever it is. */
const STRONG =
  "pass(?:word|wd|phrase|code)|passw|passwrd|pwd|pswd|secret|api[_.-]?key|access[_.-]?key|account[_.-]?key|shared[_.-]?key|private[_.-]?key|encryption[_.-]?key|signing[_.-]?key|master[_.-]?key|auth[_.-]?key|license[_.-]?key|storage[_.-]?key|subscription[_.-]?key|x-functions-key|app[_-]key|client-key-data|security[_.-]?token|x-amz-(?:signature|credential)|client[_.-]?secret|(?:js|php)?sess(?:ion)?_?id(?=[\"'\\\\]{0,8}\\s?[=:])|connect\\.sid|saml_?(?:response|assertion)|client_?assertion|csrf|xsrf";
/** Names that sentences use as well. */
const WEAK = "token|tls\\.key|credentials?|signature|session[_.-](?:id|key)";
/** Too short to be looked for within a word, see {@link isOwnWord}. */
const SHORT = "pass|pw|psk|sig|otp|pin|cvv2?|cvc2?|jwt|bearer";
const SUFFIX =
  "(?:[_.-]?(?:value|key|hash|text|string|base|confirm(?:ation)?|again|new|old|plain|id|token)){0,2}(?:_?\\d|-\\d{3})?";

/** The name of a secret, or of several, as one of the groups strong, weak and short, and what may end it. */
export const SECRET_NAME = `(?:(?<strong>${STRONG})|(?<weak>${WEAK})|(?<short>${SHORT}))(?<suffix>${SUFFIX})(?<plural>s?)`;

const WHOLE_NAME = new RegExp(
  `(?:${STRONG}|authorization|cookie|(?<![A-Za-z])(?:${WEAK})|token|(?<short>${SHORT}))${SUFFIX}$`,
  "i",
);
/** Of the semantic conventions: it names a session, and opens none. */
const SESSION_ID = "session.id";

/** Of a language model: the tokens that begin, end and fill a text. */
const MODEL_TOKEN = /(?:^|[^a-z])(?:eos|bos|pad|unk|sep|cls|mask)_?$/i;
/** Of .NET: the hash of a public key, which names who made a library. */
const PUBLIC_TOKEN = /public[_-]?key[_-]?$/i;
const BEFORE_TOKEN_CHARACTERS = 12;

/** Whether the word that begins there is a token that opens nothing, such as that of a language model. Example: at 4 of "eos_token_id". */
export function isHarmlessToken(text: string, at: number): boolean {
  const before = text.slice(Math.max(0, at - BEFORE_TOKEN_CHARACTERS), at);
  return /^token/i.test(text.slice(at, at + 5)) && (MODEL_TOKEN.test(before) || PUBLIC_TOKEN.test(before));
}

const COUNT = /^\d{1,4}$/;
/** "26" and "26.2.1" of Erlang, whose version is called OTP: one-time passwords have more digits in a row. */
const VERSION = /^\d{1,2}(?:\.\d{1,3}){0,3}$/;

const PIN = /^\d{4,8}$/;

/**
 * Whether what a short name is given only counts: tests that pass ("pass=12 fail=0"), signals ("sig=11"), versions ("otp=26"), pins of
 * a processor ("pin=13").
 * @param isBesideCounts whether other counts say that this is one: a password may be all digits
 */
export function isCount(name: string, value: string, isBesideCounts: boolean): boolean {
  if (/^pass$/i.test(name)) return isBesideCounts && COUNT.test(value);
  if (/^pin/i.test(name)) return !PIN.test(value);
  return /sig$/i.test(name) ? COUNT.test(value) : /otp$/i.test(name) && VERSION.test(value);
}

/** Whether an attribute of this name holds a secret, whatever its value is. Example: "db.password". */
export function isSecretName(name: string): boolean {
  const match = name === SESSION_ID ? null : WHOLE_NAME.exec(name);
  if (match === null || isHarmlessToken(name, match.index)) return false;
  if (match.groups?.["short"] === undefined || isOwnWord(name, match.index)) return true;
  return isSecretName(name.slice(match.index + 1));
}

const BEFORE_CHARACTERS = 5;
/** What "pass" follows in one word: dbpass. */
const WHOSE = /(?:db|user|root|admin|smtp|ftp|mail|ldap|sql|ssh|bind)$/i;

/** Whether a word of its own begins there, be it in camel case. Example: at 2 of "dbPass", and not of "bypass". */
export function isOwnWord(text: string, at: number): boolean {
  const before = text.slice(Math.max(0, at - BEFORE_CHARACTERS), at);
  if (!/[A-Za-z]$/.test(before)) return true;
  return (/[a-z]$/.test(before) && /[A-Z]/.test(text[at] ?? "")) || WHOSE.test(before);
}
