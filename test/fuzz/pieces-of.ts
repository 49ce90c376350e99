const PIECES_MAX = 20;

/** The bytes in pieces of one size; what is left after twenty of them goes at once. */
export function piecesOf(bytes: Uint8Array, size: number): readonly Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let at = 0;
  for (; at < bytes.length && pieces.length < PIECES_MAX; at += size)
    pieces.push(bytes.subarray(at, at + size));
  return at < bytes.length ? [...pieces, bytes.subarray(at)] : pieces;
}
