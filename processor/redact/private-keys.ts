const BEGIN = "-----BEGIN ";
const END = "-----END ";
const KEY_HEADER = /^-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/;
const KEY_FOOTER = /^-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/;
const HEADER_CHARACTERS_MAX = 80;

/**
 * Replaces PEM private keys by `<PRIVATE_KEY>`; one that is cut off is replaced up to the end of the text.
 * Searched by hand, because a regular expression would look for the end again from every beginning.
 * @param onKey called for each key
 */
export function redactPrivateKeys(text: string, onKey: () => void): string {
  let redacted = "";
  let copied = 0;
  let begin = text.indexOf(BEGIN);
  while (begin >= 0) {
    const header = KEY_HEADER.exec(text.slice(begin, begin + HEADER_CHARACTERS_MAX));
    if (header !== null) {
      onKey();
      redacted += `${text.slice(copied, begin)}<PRIVATE_KEY>`;
      copied = endOfKey(text, begin + header[0].length);
    }
    begin = text.indexOf(BEGIN, Math.max(copied, begin + 1));
  }
  return redacted + text.slice(copied);
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
