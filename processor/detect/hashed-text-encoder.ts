import type { TextEncoder } from "./text-encoder.ts";
import { TEXT_VECTOR_DIMENSIONS, textVector } from "./text-vector.ts";

/** Text vectors for models that bring no text encoder: hashed words, at once and on the calling thread. */
export function createHashedTextEncoder(): TextEncoder {
  return {
    dimensions: TEXT_VECTOR_DIMENSIONS,
    encode: (texts) => Promise.resolve(texts.map(textVector)),
  };
}
