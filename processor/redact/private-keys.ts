import type { Range } from "./rule.ts";

const BEGIN = "-----BEGIN ";
const END = "-----END ";
const KEY_HEADER = /^-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/;
const KEY_FOOTER = /^-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/;
const HEADER_CHARACTERS_MAX = 80;

/**
 * PEM private keys; one that is cut off reaches to the end of the text.
 * Searched by hand, because a regular expression would look for the end again from every beginning.
 */
export function findPrivateKeys(text: string): readonly Range[] {
  const found: Range[] = [];
  let begin = text.indexOf(BEGIN);
  while (begin >= 0) {
    const header = KEY_HEADER.exec(text.slice(begin, begin + HEADER_CHARACTERS_MAX));
    const end = header === null ? begin + 1 : endOfKey(text, begin + header[0].length);
    if (header !== null) found.push([begin, end]);
    begin = text.indexOf(BEGIN, end);
  }
  return found;
}

function endOfKey(text: string, from: number): number {
  let end = text.indexOf(END, from);
  while (end >= 0) {
    const footer = KEY_FOOTER.exec(text.slice(end, end + HEADER_CHARACTERS_MAX));
    if (footer !== null) return end + footer[0].length;
    end = text.indexOf(END, end + 1);
  }
  return text.length;
}
