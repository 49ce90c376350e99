import type { AlertStore } from "../../store/alert.ts";
import { SEND_MS_MAX } from "./post.ts";

/** Who has not prolonged it for so long is thought to be gone. */
const LEASE_MS = 15_000;
/** A claim that ends later than this after one's own would was made before the clock was set back. */
const CLOCK_TOLERANCE_MS = 60_000;

/** The claim of one process among several to be the one that tells. */
export interface AlertLease {
  readonly holder: string;
  /** Takes or prolongs it. */
  renew(): Promise<void>;
  /** Whether it is held for long enough that a message can be sent. */
  isHeld(): boolean;
  release(): Promise<void>;
}

/**
 * A claim in the database. Held is what was prolonged lately by a clock that never goes back, so that who slept does not send: by
 * the time another one may take it over, this one's last try has ended.
 *
 * @param now milliseconds since the epoch
 * @param elapsed milliseconds, never going back
 */
export function createAlertLease(
  store: Pick<AlertStore, "takeAlertLease" | "releaseAlertLease">,
  holder: string,
  now: () => number,
  elapsed: () => number,
): AlertLease {
  let renewedAtMs = Number.NEGATIVE_INFINITY;
  return {
    holder,
    async renew() {
      const askedAtMs = elapsed();
      const untilMs = now() + LEASE_MS;
      const isTaken = await store.takeAlertLease({
        holder,
        atMs: now(),
        untilMs,
        untilMsMax: untilMs + CLOCK_TOLERANCE_MS,
      });
      renewedAtMs = isTaken ? askedAtMs : Number.NEGATIVE_INFINITY;
    },
    isHeld: () => elapsed() - renewedAtMs < LEASE_MS - SEND_MS_MAX,
    async release() {
      renewedAtMs = Number.NEGATIVE_INFINITY;
      await store.releaseAlertLease(holder);
    },
  };
}
