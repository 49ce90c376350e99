/** Printable ASCII but for the percent sign travels as it is (gRPC over HTTP/2, "Percent-Encoded"). */
const IS_PLAIN = /^[\x20-\x24\x26-\x7e]*$/;

/** A text as the value of the header `grpc-message`. */
export function encodeStatusMessage(text: string): string {
  if (IS_PLAIN.test(text)) return text;
  let encoded = "";
  for (const byte of Buffer.from(text)) {
    const isPlain = byte >= 0x20 && byte <= 0x7e && byte !== 0x25;
    encoded += isPlain ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return encoded;
}

/** The text of a header `grpc-message`; one that is not well encoded is taken as it is. */
export function decodeStatusMessage(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
