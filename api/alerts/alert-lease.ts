import type { AlertStore } from "../../store/alert.ts";
import { SEND_MS_MAX } from "./post.ts";

/** Who has not prolonged it for so long is thought to be gone. */
const LEASE_MS = 15_000;

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
  /** Milliseconds since the epoch; they go on while the machine sleeps. */
  readonly now: () => number;
  /** Milliseconds, never going back; they may stand still while the machine sleeps. */
  readonly elapsed: () => number;
}

/** When it was asked for last with success, by both clocks. */
interface Held {
  readonly sinceMs: number;
  readonly atMs: number;
}

/** What another one has of it, and since when it has not been prolonged, as far as this process has seen. */
interface Seen {
  readonly revision: number;
  readonly sinceMs: number;
}

/**
 * A claim in the database. It is held for as long as both clocks of this machine say so: one goes on while the machine sleeps, the other
 * one is never set back. Another process takes it over when it has seen the same revision of it for as long by its own clock, so that
 * no clock of another machine matters; by then this one's last try has ended.
 *
 * The channels are those of who holds it: a process with others, or with none, takes nothing away from the one that tells.
 */
export function createAlertLease(ports: LeasePorts): AlertLease {
  const { store, holder, channels, renewMs, now, elapsed } = ports;
  let held: Held | undefined;
  let seen: Seen | undefined;
  let isSynced = false;
  let askedAtMs = Number.NEGATIVE_INFINITY;

  const isHeld = () =>
    held !== undefined &&
    elapsed() - held.sinceMs < LEASE_MS - SEND_MS_MAX &&
    now() - held.atMs < LEASE_MS - SEND_MS_MAX;
  const deadRevision = () =>
    seen !== undefined && elapsed() - seen.sinceMs >= LEASE_MS ? seen.revision : undefined;
  return {
    async renew() {
      const isLate = held !== undefined && !isHeld();
      if (elapsed() - askedAtMs < renewMs && !isLate) return;
      askedAtMs = elapsed();
      const sinceMs = askedAtMs;
      const atMs = now();
      const answer = await store.takeAlertLease({ holder, deadRevision: deadRevision() });
      if (answer.kind === "refused") {
        held = undefined;
        if (answer.revision !== seen?.revision) seen = { revision: answer.revision, sinceMs: elapsed() };
        return;
      }
      seen = undefined;
      if (answer.kind === "taken") isSynced = false;
      if (!isSynced) isSynced = await store.syncAlertChannels(holder, channels);
      held = isSynced ? { sinceMs, atMs } : undefined;
    },
    isHeld,
    async release() {
      held = undefined;
      await store.releaseAlertLease(holder);
    },
  };
}
