import { setTimeout as delay } from "node:timers/promises";

const POLL_MS = 50;
/** All that a test has but for a moment (vitest.config.ts), so that one that waits in vain says for what. */
const PATIENCE_MS = 110_000;

/** Resolves with the first defined value that `probe` gives; rejects after `timeoutMs` naming what was waited for. */
export async function waitFor<T>(
  what: string,
  probe: () => T | undefined | Promise<T | undefined>,
  timeoutMs = PATIENCE_MS,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const value = await probe();
    if (value !== undefined) return value;
    if (performance.now() > deadline) throw new Error(`waited ${timeoutMs} ms in vain for ${what}`);
    await delay(POLL_MS);
  }
}
