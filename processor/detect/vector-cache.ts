import { LRUCache } from "lru-cache";

/** 4,096 vectors of 256 floats: 4 MiB for all services together. */
const VECTORS_MAX = 4_096;

/** The vectors of texts, each computed once as long as it is in use. */
export interface VectorCache {
  of(text: string): Float32Array;
}

export function createVectorCache(vectorOf: (text: string) => Float32Array): VectorCache {
  const vectors = new LRUCache<string, Float32Array>({ max: VECTORS_MAX });
  return {
    of(text) {
      const known = vectors.get(text);
      if (known !== undefined) return known;
      const vector = vectorOf(text);
      vectors.set(text, vector);
      return vector;
    },
  };
}
