import { LRUCache } from "lru-cache";

/** Clients that are remembered; the ones longest unheard of are forgotten, and begin anew. */
const CLIENTS_MAX = 10_000;

/** How long a client has to wait before its next request, in milliseconds; 0 and counted where it need not. */
export type RateLimit = (client: string) => number;

interface Bucket {
  tokens: number;
  atMs: number;
}

/**
 * A token bucket for each client: so many requests at once after a pause, so many a second in the long run.
 * @param now milliseconds, never going back
 */
export function createRateLimit(
  { perSecond, burst }: { readonly perSecond: number; readonly burst: number },
  now: () => number,
): RateLimit {
  const buckets = new LRUCache<string, Bucket>({ max: CLIENTS_MAX });
  return (client) => {
    const atMs = now();
    const bucket = buckets.get(client) ?? { tokens: burst, atMs };
    bucket.tokens = Math.min(burst, bucket.tokens + ((atMs - bucket.atMs) / 1_000) * perSecond);
    bucket.atMs = atMs;
    buckets.set(client, bucket);
    if (bucket.tokens < 1) return Math.ceil(((1 - bucket.tokens) / perSecond) * 1_000);
    bucket.tokens -= 1;
    return 0;
  };
}
