import type { MemoryStore } from "../../store/memory.ts";
import { type HeldTable, isElsewhere } from "./held-table.ts";

/** How long a service that another stage has seen since is still known here: both may have it, each some of its streams. */
const ELSEWHERE_MS_MAX = 60_000;
/** A service that others have seen within it is told of as long as it is seen here, too. */
const SHARED_MS = 600_000;
const TELL_INTERVAL_MS = 5_000;

/** What stages that share a store tell each other of where services are. */
export interface Sightings {
  /** Learns what others have seen, and tells them what they share; lets go of what is elsewhere. Rejects with the store's error. */
  follow(): Promise<void>;
}

/** @param instance name of this stage */
export function createSightings(
  store: Pick<MemoryStore, "sightingsOfOthers" | "saveSightings">,
  held: HeldTable,
  instance: string,
  now: () => number,
): Sightings {
  let seenRevision = 0;
  let toldMs = Number.NEGATIVE_INFINITY;

  const listen = async () => {
    const { revision, sightings } = await store.sightingsOfOthers(instance, seenRevision);
    seenRevision = revision;
    for (const { service, seenMs } of sightings) {
      const one = held.peek(service);
      // A clock that is ahead must not have it for ever.
      if (one !== undefined) one.elsewhereMs = Math.max(one.elsewhereMs, Math.min(seenMs, now()));
    }
  };
  const tell = async () => {
    const nowMs = now();
    if (nowMs - toldMs < TELL_INTERVAL_MS) return;
    const shared = held
      .all()
      .filter(([, one]) => one.seenMs > toldMs && nowMs - one.elsewhereMs < SHARED_MS)
      .map(([service, { seenMs }]) => ({ service, seenMs }));
    toldMs = nowMs;
    if (shared.length > 0) await store.saveSightings(shared, instance);
  };

  const follow = async () => {
    await listen();
    for (const [service, one] of held.all())
      if (isElsewhere(one) && now() - one.seenMs > ELSEWHERE_MS_MAX) held.letGo(service);
    await tell();
  };
  let following: Promise<void> | undefined;
  return {
    follow() {
      following ??= follow().finally(() => {
        following = undefined;
      });
      return following;
    },
  };
}
