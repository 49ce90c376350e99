import { LRUCache } from "lru-cache";
import type { TextEncoder } from "./text-encoder.ts";

/** 16,384 vectors of 128 floats: 8 MiB for all services together. */
const VECTORS_MAX = 16_384;
/** Texts of one call of the encoder: between two calls other requests have their turn. */
const TEXTS_PER_CALL = 64;

/** The vectors of texts, each computed once as long as it is in use. */
export interface VectorCache {
  /** Values of one vector. */
  readonly dimensions: number;
  /**
   * Has the encoder compute what is missing. Rejects when the encoder does, or the signal aborts; what was computed until
   * then, or is underway, is not lost.
   */
  ensure(texts: Iterable<string>, signal: AbortSignal): Promise<void>;
  /** The vector of a text that was ensured; undefined for one that was not, or was pushed out since. */
  of(text: string): Float32Array | undefined;
}

export function createVectorCache(encoder: TextEncoder, vectorsMax = VECTORS_MAX): VectorCache {
  const vectors = new LRUCache<string, Float32Array>({ max: vectorsMax });
  const underway = new Map<string, Promise<void>>();
  // The work belongs to all who wait for it: it does not end with the request that began it.
  const never = new AbortController().signal;

  const encode = async (texts: readonly string[]) => {
    try {
      const computed = await encoder.encode(texts, never);
      for (const [index, text] of texts.entries()) {
        const vector = computed[index];
        if (vector !== undefined) vectors.set(text, vector);
      }
    } finally {
      for (const text of texts) underway.delete(text);
    }
  };

  return {
    dimensions: encoder.dimensions,
    of: (text) => vectors.get(text),
    async ensure(texts, signal) {
      const missing = [...new Set(texts)].filter((text) => !vectors.has(text));
      for (let from = 0; from < missing.length; from += TEXTS_PER_CALL) {
        const part = missing.slice(from, from + TEXTS_PER_CALL);
        const fresh = part.filter((text) => !vectors.has(text) && !underway.has(text));
        if (fresh.length > 0) {
          const work = encode(fresh);
          for (const text of fresh) underway.set(text, work);
        }
        await unlessAborted(Promise.all(part.map((text) => underway.get(text))), signal);
      }
    },
  };
}

async function unlessAborted(work: Promise<unknown>, signal: AbortSignal): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
