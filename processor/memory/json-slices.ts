import { jsonPieces } from "./json-pieces.ts";

/** Time that writing a state down takes in one go, and then leaves to others. */
export const SLICE_MS = 2;

/**
 * A state's JSON in UTF-8.
 * @param afterSlice called between two slices of some milliseconds, and after the last
 */
export async function jsonSlices(
  state: unknown,
  afterSlice: () => Promise<void> | void,
): Promise<readonly Uint8Array<ArrayBuffer>[]> {
  const encoder = new TextEncoder();
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let text = "";
  let sinceMs = performance.now();
  for (const piece of jsonPieces(state)) {
    text += piece;
    if (performance.now() - sinceMs < SLICE_MS) continue;
    pieces.push(encoder.encode(text));
    text = "";
    await afterSlice();
    sinceMs = performance.now();
  }
  pieces.push(encoder.encode(text));
  await afterSlice();
  return pieces;
}
