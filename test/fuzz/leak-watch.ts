import { setImmediate } from "node:timers/promises";

const MIB = 1024 * 1024;

/** What the process holds at a quiet moment. */
export interface Held {
  readonly heapMib: number;
  /** Memory of buffers outside the heap. */
  readonly buffersMib: number;
  readonly rssMib: number;
  /** Open sockets. */
  readonly resources: number;
}

/** Measures after the garbage was collected (node --expose-gc; without it the figures are as they come). */
export async function heldNow(): Promise<Held> {
  for (let i = 0; i < 3; i++) {
    globalThis.gc?.();
    await setImmediate();
  }
  const { heapUsed, rss, external } = process.memoryUsage();
  return {
    heapMib: heapUsed / MIB,
    buffersMib: external / MIB,
    rssMib: rss / MIB,
    resources: openSockets(),
  };
}

/** Sockets of both kinds of servers and clients in this process. */
export function openSockets(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind === "TCPSocketWrap").length;
}

/**
 * So much may come without being a leak: what the stage remembers of texts that it never saw before (16,384 vectors of 512 bytes,
 * two million surprises of 4) is filled in the course of some ten thousand requests. Resident memory comes and goes besides.
 */
const SLACK_MIB = { heapMib: 24, buffersMib: 16, rssMib: 128 };
const SLACK_RATIO = 1.15;
/** Kept open between windows: the stage's own connections to the sink, as many as there were requests at one time. */
const SOCKETS_KEPT = 16;

/**
 * What grew from the second quarter of the windows to the last one; the first quarter fills caches. Undefined when nothing did
 * or there are too few windows to tell.
 */
export function leakIn(windows: readonly Held[]): string | undefined {
  const quarter = Math.floor(windows.length / 4);
  if (quarter < 2) return undefined;
  const before = windows.slice(quarter, 2 * quarter);
  const after = windows.slice(-quarter);
  const grown = (["heapMib", "buffersMib", "rssMib"] as const).filter(
    (key) => median(after, key) > median(before, key) * SLACK_RATIO + SLACK_MIB[key],
  );
  if (median(after, "resources") > Math.max(SOCKETS_KEPT, median(before, "resources")))
    return "open sockets grew";
  return grown.length === 0
    ? undefined
    : grown
        .map(
          (key) => `${key} grew from ${median(before, key).toFixed(1)} to ${median(after, key).toFixed(1)}`,
        )
        .join(", ");
}

function median(windows: readonly Held[], key: keyof Held): number {
  const sorted = windows.map((one) => one[key]).toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
