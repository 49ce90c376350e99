/** The largest joined request that the next hop seems to take. */
export interface SizeBound {
  bytesMax(): number;
  /** The next hop has refused so many bytes for their size. */
  refused(bytes: number): void;
}

/** Then twice as much is tried: what was too large once need not stay so, and one request too many costs little. */
const GROW_MS = 300_000;

/**
 * Halves what was refused, and grows again in time up to where it began.
 * @param now milliseconds, monotonic
 */
export function createSizeBound(initialBytesMax: number, now: () => number): SizeBound {
  let bound = initialBytesMax;
  let sinceMs = 0;
  const bytesMax = () => Math.min(initialBytesMax, bound * 2 ** Math.floor((now() - sinceMs) / GROW_MS));
  return {
    bytesMax,
    refused(bytes) {
      bound = Math.max(1, Math.min(bytesMax(), Math.floor(bytes / 2)));
      sinceMs = now();
    },
  };
}
