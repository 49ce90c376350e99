import { hash } from "node:crypto";
import { LRUCache } from "lru-cache";

/** Remembers what was made of requests that the next hop did not take, so that their retry is not counted, scored or learned twice. */
export interface RetryMemory<T> {
  /** What was kept of the request with these very bytes, once; undefined when nothing was. */
  take(request: Uint8Array): T | undefined;
  /** @param sizeBytes memory that `value` holds on to */
  keep(request: Uint8Array, value: T, sizeBytes: number): void;
  /** Memory that is held on to. */
  readonly bytes: number;
}

/** Bounds of the memory. */
export interface RetryMemoryOptions {
  readonly max_bytes: number;
  readonly max_age_ms: number;
  /** Milliseconds, monotonic or since the epoch. */
  readonly now: () => number;
}

/** The least recently kept goes first; a request that was forgotten is simply processed again. */
export function createRetryMemory<T extends object>({
  max_bytes,
  max_age_ms,
  now,
}: RetryMemoryOptions): RetryMemory<T> {
  if (max_bytes === 0) return { take: () => undefined, keep: () => {}, bytes: 0 };
  const kept = new LRUCache<string, T>({ maxSize: max_bytes, ttl: max_age_ms, perf: { now } });
  return {
    get bytes() {
      return kept.calculatedSize;
    },
    take(request) {
      if (kept.size === 0) return undefined;
      const key = hash("sha1", request);
      const value = kept.get(key);
      kept.delete(key);
      return value;
    },
    keep(request, value, sizeBytes) {
      kept.set(hash("sha1", request), value, { size: Math.max(1, sizeBytes) });
    },
  };
}
