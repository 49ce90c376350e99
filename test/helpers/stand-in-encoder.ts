import type { TextEncoder } from "../../processor/detect/text-encoder.ts";
import { textVector } from "./text-vector.ts";

const DIMENSIONS = 128;

/** A text encoder without a model: the hashed words of a text, folded to the event model's dimensions. */
export const standInEncoder: TextEncoder = {
  dimensions: DIMENSIONS,
  encode: async (texts) => texts.map(folded),
};

function folded(text: string): Float32Array {
  const hashed = textVector(text);
  const vector = Float32Array.from(
    { length: DIMENSIONS },
    (_, i) => (hashed[i] ?? 0) + (hashed[i + DIMENSIONS] ?? 0),
  );
  const norm = Math.hypot(...vector) || 1;
  return vector.map((value) => value / norm);
}
