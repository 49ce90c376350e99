import type { AlertStore } from "../../store/alert.ts";
import { SEND_MS_MAX } from "./post.ts";

/** Who has not prolonged it for so long is thought to be gone. */
const LEASE_MS = 15_000;
/** A claim that ends later than this after one's own would was made before the clock was set back. */
const CLOCK_TOLERANCE_MS = 60_000;

/** The claim of one process among several to be the one that tells. */
export interface AlertLease {
  /** Takes or prolongs it, where it is time to. */
  renew(): Promise<void>;
  /** Whether it is held for long enough that a message can be sent. */
  isHeld(): boolean;
  release(): Promise<void>;
}

/** What a lease is taken with. */
export interface LeasePorts {
  readonly store: Pick<AlertStore, "takeAlertLease" | "releaseAlertLease" | "syncAlertChannels">;
  /** A name that no other process has. */
  readonly holder: string;
  /** The channels that there are while it is held. */
  readonly channels: readonly string[];
  readonly renewMs: number;
  /** Milliseconds since the epoch, as other processes see them. */
  readonly now: () => number;
  /** Milliseconds, never going back; they may stand still while the machine sleeps. */
  readonly elapsed: () => number;
}

interface Held {
  readonly sinceMs: number;
  readonly untilMs: number;
}

/**
 * A claim in the database. It is held for as long as both clocks say so: the one that all processes see goes on while the machine
 * sleeps, the other one is never set back. By the time another process may take it over, this one's last try has ended.
 *
 * The channels are those of who holds it: a process with others, or with none, takes nothing away from the one that tells.
 */
export function createAlertLease(ports: LeasePorts): AlertLease {
  const { store, holder, channels, renewMs, now, elapsed } = ports;
  let held: Held | undefined;
  let isSynced = false;
  let askedAtMs = Number.NEGATIVE_INFINITY;

  const isHeld = () =>
    held !== undefined &&
    elapsed() - held.sinceMs < LEASE_MS - SEND_MS_MAX &&
    now() < held.untilMs - SEND_MS_MAX;
  return {
    async renew() {
      const isLate = held !== undefined && !isHeld();
      if (elapsed() - askedAtMs < renewMs && !isLate) return;
      askedAtMs = elapsed();
      const sinceMs = askedAtMs;
      const atMs = now();
      const untilMs = atMs + LEASE_MS;
      const untilMsMax = untilMs + CLOCK_TOLERANCE_MS;
      const answer = await store.takeAlertLease({ holder, atMs, untilMs, untilMsMax });
      if (answer === "taken") isSynced = false;
      if (answer !== "refused" && !isSynced) isSynced = await store.syncAlertChannels(holder, channels);
      held = answer !== "refused" && isSynced ? { sinceMs, untilMs } : undefined;
    },
    isHeld,
    async release() {
      held = undefined;
      await store.releaseAlertLease(holder);
    },
  };
}
