/** A text as it reads without its escapes. */
export interface Unescaped {
  readonly text: string;
  /** Where each of its characters, and its end, is in the text with escapes. */
  readonly offsets: Uint32Array;
}

const ESC = "\u001b";
/** Of a terminal: colours and the like (ECMA-48, control sequences), as a byte or written as JSON, C and shells write it. */
const CONTROL = String.raw`(?:${ESC}|\\(?:x1[bB]|u001[bB]|033|e))\[[\d;:?]{0,32}[A-Za-z]`;
/** Of JSON, C, Java, Python; of URLs, ASCII alone; of HTML. */
const ESCAPES = String.raw`\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|\\[nrtbf"'\\/]|%[2-7][0-9a-fA-F]|%0[9aAdD]|&(?:quot|apos|amp|lt|gt|#3[49]|#x2[27]);`;
const ESCAPE = new RegExp(`${CONTROL}|${ESCAPES}`, "g");

const LETTERS: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f" };
const ENTITIES: Readonly<Record<string, string>> = {
  "&quot;": '"',
  "&#34;": '"',
  "&#x22;": '"',
  "&apos;": "'",
  "&#39;": "'",
  "&#x27;": "'",
  "&amp;": "&",
  "&lt;": "<",
  "&gt;": ">",
};

/**
 * Reads one level of escapes, whoever wrote them; undefined where there are none. A terminal's colours read as a blank.
 *
 * Example: `%22password\u0022` reads `"password"`.
 */
export function unescapeOnce(text: string): Unescaped | undefined {
  ESCAPE.lastIndex = 0;
  let match = ESCAPE.exec(text);
  if (match === null) return undefined;
  const offsets = new Uint32Array(text.length + 1);
  let read = "";
  let copied = 0;
  const copy = (until: number) => {
    for (let at = copied; at < until; at += 1) offsets[read.length + at - copied] = at;
    read += text.slice(copied, until);
  };
  for (; match !== null; match = ESCAPE.exec(text)) {
    copy(match.index);
    offsets[read.length] = match.index;
    read += characterOf(match[0]);
    copied = ESCAPE.lastIndex;
  }
  copy(text.length);
  offsets[read.length] = text.length;
  return { text: read, offsets };
}

/** The one character that an escape stands for. */
function characterOf(written: string): string {
  if (written.includes("[")) return " ";
  if (written.startsWith("&")) return ENTITIES[written] ?? " ";
  if (written.startsWith("%")) return hexadecimal(written.slice(1));
  return written.length > 2 ? hexadecimal(written.slice(2)) : (LETTERS[written.slice(1)] ?? written.slice(1));
}

function hexadecimal(digits: string): string {
  return String.fromCharCode(Number.parseInt(digits, 16));
}
