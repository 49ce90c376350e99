import { setTimeout as delay } from "node:timers/promises";
import { StoreError } from "../../store/store.ts";

const RETRY_MS = 1_000;
/** So long a database may be away, as while it is started again, before what was made for it is given up. */
const AWAY_MS_MAX = 60_000;

/**
 * Does work again while the database is away or busy, so that minutes of training are not lost by seconds of that. Rejects with the work's
 * error where it is another one, goes on for longer than a minute, or the signal has been aborted.
 */
export async function whileAway<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  const untilMs = performance.now() + AWAY_MS_MAX;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isAway(error) || signal.aborted || performance.now() > untilMs) throw error;
    }
    // Aborted meanwhile: tried once more, which tells the reason.
    await delay(RETRY_MS, undefined, { signal }).catch(() => undefined);
  }
}

function isAway(error: unknown): boolean {
  return error instanceof StoreError && (error.code === "unreachable" || error.code === "locked");
}
