/**
 * What a log line may hold to deceive its reader: control characters (a terminal's colours and cursor moves), marks that turn the
 * direction of the text around them (CVE-2021-42574, "Trojan Source"), and characters that take no room at all.
 */
const DECEPTIVE =
  /(?![\t\n])\p{Cc}|[\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]|\p{Surrogate}/gu;

/** Short names of the Unicode standard. */
const NAMES: ReadonlyMap<number, string> = new Map([
  [0xad, "SHY"],
  [0x61c, "ALM"],
  [0x200b, "ZWSP"],
  [0x200e, "LRM"],
  [0x200f, "RLM"],
  [0x2028, "LSEP"],
  [0x2029, "PSEP"],
  [0x202a, "LRE"],
  [0x202b, "RLE"],
  [0x202c, "PDF"],
  [0x202d, "LRO"],
  [0x202e, "RLO"],
  [0x2060, "WJ"],
  [0x2066, "LRI"],
  [0x2067, "RLI"],
  [0x2068, "FSI"],
  [0x2069, "PDI"],
  [0xfeff, "BOM"],
]);

const CONTROL_PICTURES = 0x2400;
const DELETE = 0x7f;

/**
 * Text of a log as a person may read it: what would be invisible, or turn its surroundings around, is shown by a sign. Tabs and
 * line feeds stay; so do joiners, which emoji and several scripts need. Apply it to pieces that were cut already: it changes lengths.
 *
 * Example: "\x1b[31mred" -> "␛[31mred"; "user\u202Enimda" -> "user⟨RLO⟩nimda"
 */
export function visibleText(text: string): string {
  return text.replace(DECEPTIVE, sign);
}

function sign(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCodePoint(CONTROL_PICTURES + code);
  if (code === DELETE) return "\u2421";
  if (code >= 0xd800 && code <= 0xdfff) return "\ufffd";
  return `⟨${NAMES.get(code) ?? `U+${code.toString(16).toUpperCase().padStart(4, "0")}`}⟩`;
}
