import type { Buffer } from "node:buffer";

/**
 * The text of UTF-8 bytes [start, end). What is no valid UTF-8 shows as U+FFFD; the bytes themselves are
 * never touched.
 */
export function decodeString(bytes: Buffer, start: number, end: number): string {
  return bytes.toString("utf8", start, end);
}

/** Whether the UTF-8 bytes [start, end) are the text `text`. Keys are nearly always ASCII: no decoding then. */
export function textEquals(bytes: Buffer, start: number, end: number, text: string): boolean {
  let position = start;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 0x80) return decodeString(bytes, start, end) === text;
    if (position >= end || bytes[position] !== code) return false;
    position++;
  }
  return position === end;
}
