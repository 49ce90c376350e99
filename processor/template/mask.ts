import { maskPhrases, type Phrases } from "./mask-phrases.ts";
import { type MaskedBody, WILDCARD } from "./masked-body.ts";
import { createTokenScanner, type ScanLimits } from "./scan-tokens.ts";

/** A body's tokens, masked one by one. */
export interface CutBody {
  readonly tokens: readonly string[];
  /** Whether there is more of the body, which was not read. */
  readonly isCut: boolean;
}

/** The body's tokens with its phrases masked too, and one more, which stands for nothing, for what was not read. */
export function phrasesOf({ tokens, isCut }: CutBody): Phrases {
  const phrases = maskPhrases(tokens);
  return isCut ? { tokens: [...phrases.tokens, WILDCARD], spans: [...phrases.spans, 0] } : phrases;
}

/** A body's tokens, masked one by one and in phrases, as they are masked without any memory. */
export function maskBody(body: string, limits: ScanLimits): MaskedBody {
  const { count, isCut, starts, ends } = createTokenScanner(limits)(body);
  const raw = Array.from({ length: count }, (_, i) => body.slice(starts[i], ends[i]));
  const { tokens, spans } = phrasesOf({ tokens: raw.map(maskToken), isCut });
  return { tokens, raw: spanTexts(raw, spans) };
}

/** The raw text of each phrase, from the raw tokens that it stands for. */
function spanTexts(raw: readonly string[], spans: readonly number[]): string[] {
  let from = 0;
  return spans.map((span) => {
    const text = span === 1 ? (raw[from] ?? "") : raw.slice(from, from + span).join(" ");
    from += span;
    return text;
  });
}

/**
 * Masks the variable parts inside one token and leaves the text around them.
 *
 * Examples: "uid=0" -> "uid=<NUM>", "/10.250.18.114:43996" -> "/<IP>", "(0x1f)" -> "(<HEX>)", "part-00081." -> "part-<NUM>."
 */
export function maskToken(token: string): string {
  if (!needsMask(token)) return token;
  let masked = "";
  let at = 0;
  while (at < token.length) {
    const end = runEnd(token, at);
    if (end === at) {
      masked += token[at];
      at += 1;
    } else {
      masked += maskRun(token.slice(at, end));
      at = end;
    }
  }
  return masked.replace(SIGN, "$1").replace(LIST, "$1");
}

/** The sign of a masked number belongs to it. */
const SIGN = /(^|[:=(,[_])[-+](?=<(?:NUM|\*)>)/g;
/** A list of values of one form is one value: its length varies. */
const LIST = /(<[A-Z_*]+>)(?:,\1)+/g;

const DIGIT = 1;
const LETTER = 2;
const JOINER = 4;

/** Class of each ASCII character; everything beyond ASCII is a letter. */
const CLASSES = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  if (/[0-9]/.test(character)) return DIGIT;
  if (/[A-Za-z]/.test(character)) return LETTER;
  return "_.:-/@+%\\$~#*".includes(character) ? JOINER : 0;
});

const classAt = (text: string, index: number) => {
  const code = text.charCodeAt(index);
  return code < 128 ? (CLASSES[code] ?? 0) : LETTER;
};

/** Whether anything in the token may be masked: of a plain word nothing is. */
function needsMask(token: string): boolean {
  let slashes = 0;
  let hexLetters = 0;
  for (let i = 0; i < token.length; i += 1) {
    const code = token.charCodeAt(i);
    if (code >= 48 && code <= 57) return true;
    if (code === 47 || code === 92) slashes += 1;
    // A word of the letters a to f alone is no word from eight letters on.
    hexLetters = code >= 97 && code <= 102 ? hexLetters + 1 : 0;
    if (hexLetters >= 8) return true;
  }
  return slashes > 1;
}

/** End of the run of letters, digits and joiners that starts at `from`; `from` itself when there is none. */
function runEnd(token: string, from: number): number {
  let end = from;
  while (end < token.length && classAt(token, end) !== 0) end += 1;
  return end;
}

const IPV4 = /^\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5}|\/\d{1,2})?$/;
const IPV6 = /^(?=.*::|(?:[0-9a-fA-F]*:){7})[0-9a-fA-F:]{3,39}$/;
const MAC = /^[0-9a-fA-F]{2}(?:[:-][0-9a-fA-F]{2}){5}$/;
const UUID = /^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$/;
const NUMBER = /^[+-]?\d+(?:\.\d+)?%?$/;
const TIME =
  /^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[T:.@-][\d:.+Z-]*)?$|^\d{1,2}:\d{2}(?::\d{2})?(?:[.:]\d+)?Z?$/;
const DURATION = /^\d+(?:\.\d+)?(?:ns|us|ms|s|m|h|sec|secs|min|mins|msec)$/i;
const SIZE = /^\d+(?:\.\d+)?(?:B|KB|MB|GB|TB|KiB|MiB|GiB|k|M|G)$/i;
/** A name with a dot and a port; a name alone is more often a class or a file. */
const HOST_PORT = /^[A-Za-z0-9](?:[A-Za-z0-9_-]*\.)+[A-Za-z][A-Za-z0-9-]*:\d{1,5}$/;
const HEX = /^(?:0[xX][0-9a-fA-F]+|(?=[0-9a-fA-F]*\d)[0-9a-fA-F]{6,}|[a-f]{8,})$/;

/** Longest run that is looked at as a whole: every form above is shorter. */
const FORM_CHARACTERS_MAX = 64;

function maskRun(run: string): string {
  // The colons that an address starts with ("::1") are no padding.
  if (run.startsWith("::") && run.length > 2 && IPV6.test(run)) return "<IP>";
  let start = 0;
  let end = run.length;
  while (start < end && isPadding(run, start, true)) start += 1;
  while (end > start && isPadding(run, end - 1, false)) end -= 1;
  const core = run.slice(start, end);
  return run.slice(0, start) + maskCore(core) + run.slice(end);
}

/** Joiners around a value that are no part of it; a leading slash, backslash or sign may be. */
function isPadding(run: string, index: number, isLeading: boolean): boolean {
  if (classAt(run, index) !== JOINER) return false;
  const character = run[index] ?? "";
  if (character === "/" && isLeading)
    return IPV4.test(run.slice(index + 1, index + 24).replace(/[^\d.:].*$/, ""));
  if (character === "%" && !isLeading) return false;
  return isLeading ? !"/\\+-~".includes(character) : !"/".includes(character);
}

/** The forms that a run as a whole may have, in the order in which they are tried. */
const FORMS: readonly (readonly [form: RegExp, placeholder: string])[] = [
  [NUMBER, "<NUM>"],
  [HOST_PORT, "<HOST>"],
  [IPV4, "<IP>"],
  [UUID, "<UUID>"],
  [TIME, "<TIME>"],
  [HEX, "<HEX>"],
  [DURATION, "<DUR>"],
  [SIZE, "<SIZE>"],
  [MAC, "<MAC>"],
  [IPV6, "<IP>"],
];

function maskCore(core: string): string {
  const form = core.length > FORM_CHARACTERS_MAX ? undefined : FORMS.find(([pattern]) => pattern.test(core));
  if (form !== undefined) return form[1];
  return isPath(core) ? "<PATH>" : maskParts(core);
}

/** An absolute path or URL of at least two segments. */
function isPath(core: string): boolean {
  return /^(?:[A-Za-z][A-Za-z+.-]*:)?[/\\]{1,3}[^/\\]+[/\\]/.test(core);
}

/** With a digit, or a hexadecimal id that happens to have none. */
const VARYING_PART = /\d|^[a-f]{8,}$/;

/** A word with digits in it: each part between joiners that has a digit varies, and neighbours that vary are one. */
function maskParts(core: string): string {
  let masked = "";
  let at = 0;
  let lastWasMasked = false;
  while (at < core.length) {
    const end = partEnd(core, at);
    const varies = VARYING_PART.test(core.slice(at, end));
    const joiner = core.slice(end, end + 1);
    if (varies && lastWasMasked) masked = masked.slice(0, -1) + joiner;
    else masked += (varies ? WILDCARD : core.slice(at, end)) + joiner;
    lastWasMasked = varies || (lastWasMasked && end === at);
    at = end + 1;
  }
  return masked;
}

function partEnd(core: string, from: number): number {
  let end = from;
  while (end < core.length && classAt(core, end) !== JOINER) end += 1;
  return end;
}
