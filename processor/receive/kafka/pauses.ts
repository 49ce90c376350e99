import { setTimeout as sleep } from "node:timers/promises";

const FIRST_MS = 200;
const LONGEST_MS = 10_000;

/**
 * How long to wait before the next try: twice as long each time, up to ten seconds, or what the other side asks for up to then.
 * @param tries that have failed, from 1
 */
export function pauseMs(tries: number, askedMs = 0): number {
  return Math.min(LONGEST_MS, Math.max(FIRST_MS * 2 ** Math.min(tries - 1, 20), askedMs));
}

/** Waits, or less where it is aborted. Never rejects. */
export type Pause = (ms: number, signal: AbortSignal) => Promise<void>;

/** By the clock. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
