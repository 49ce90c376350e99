/** What a text holds, as bits: most texts lack what most rules need, and one walk tells. */
export const DIGIT = 1;
/** "@" or "%", as in "%40". */
export const AT = 2;
/** ":", "=", "%" or ">": what stands between a name and a value. */
export const SEPARATOR = 4;
export const DOT = 8;
/** "/" or "\". */
export const SLASH = 16;
export const DASH = 32;
/** 16 letters, digits, "_" or "-" in a row. */
export const LONG_WORD = 64;
/** 7 digits, however far apart. */
export const SEVEN_DIGITS = 128;
export const COLON = 256;
/** "_" or "~". */
export const SIGN = 512;
export const QUOTE = 2_048;
/** "(". */
export const CALL = 4_096;

const LONG_WORD_CHARACTERS = 16;
const MANY_DIGITS = 7;
/** Not a bit that is told. */
const WORD = 1_024;

const TRAITS = Uint16Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  if (character >= "0" && character <= "9") return DIGIT | WORD;
  if (/[A-Za-z]/.test(character)) return WORD;
  const others: Readonly<Record<string, number>> = {
    "@": AT,
    "%": AT | SEPARATOR,
    ":": SEPARATOR | COLON,
    "=": SEPARATOR,
    ">": SEPARATOR,
    ".": DOT,
    "/": SLASH,
    "\\": SLASH,
    "-": DASH | WORD,
    _: SIGN | WORD,
    "~": SIGN,
    '"': QUOTE,
    "'": QUOTE,
    "`": QUOTE,
    "(": CALL,
  };
  return others[character] ?? 0;
});

/** The traits of a text. */
export function traitsOf(text: string): number {
  let traits = 0;
  let digits = 0;
  let wordCharacters = 0;
  for (let at = 0; at < text.length; at += 1) {
    const own = TRAITS[text.charCodeAt(at)] ?? 0;
    traits |= own;
    digits += own & DIGIT;
    wordCharacters = (own & WORD) === 0 ? 0 : wordCharacters + 1;
    if (wordCharacters === LONG_WORD_CHARACTERS) traits |= LONG_WORD;
  }
  return digits >= MANY_DIGITS ? traits | SEVEN_DIGITS : traits;
}
