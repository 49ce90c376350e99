/**
 * Characters of a next hop's text that are passed on. Over gRPC it travels in headers, percent-encoded and again in base64;
 * senders refuse headers of more than 8 KiB, and would see a broken answer instead of one to try again.
 */
export const NEXT_HOP_TEXT_MAX = 400;

/** A next hop's text, cut to what fits every answer and a line of a log, and without what a terminal would obey. */
export function nextHopText(said: string): string {
  const text = said.replace(/[\p{Cc}\p{Cf}]+/gu, " ").trim();
  const cut = text.length > NEXT_HOP_TEXT_MAX ? `${text.slice(0, NEXT_HOP_TEXT_MAX - 1)}…` : text;
  return cut.toWellFormed();
}
