import { setTimeout as sleep } from "node:timers/promises";

/** Time, handed in so that tests need not wait. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after the time, or at once when the signal says stop. Never rejects. */
  sleep(durationMs: number, signal: AbortSignal): Promise<void>;
}

/** setTimeout takes no longer delay. */
const DELAY_MS_MAX = 2 ** 31 - 1;

/** The machine's clock. */
export const systemClock: Clock = {
  now: Date.now,
  async sleep(durationMs, signal) {
    if (signal.aborted) return;
    const delayMs = Math.min(Math.max(durationMs, 0), DELAY_MS_MAX);
    await sleep(delayMs, undefined, { signal }).catch(() => undefined);
  },
};
