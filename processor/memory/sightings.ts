import type { MemoryStore } from "../../store/memory.ts";
import { type HeldTable, isElsewhere, SHARED_MS } from "./held-table.ts";

/** How long a service that another stage has seen since is still known here: both may have it, each some of its streams. */
const ELSEWHERE_MS_MAX = 60_000;
const TELL_INTERVAL_MS = 5_000;

/** What stages that share a store tell each other of where services are. */
export interface Sightings {
  /** Learns what others have seen, and tells them what they share; lets go of what is elsewhere. Rejects with the store's error. */
  follow(): Promise<void>;
  /** Up to which it has listened. */
  readonly revision: number;
}

/**
 * @param instance name of this stage
 * @param elapsed milliseconds, never going back
 */
export function createSightings(
  store: Pick<MemoryStore, "sightingsOfOthers" | "saveSightings">,
  held: HeldTable,
  instance: string,
  elapsed: () => number,
): Sightings {
  let seenRevision = 0;
  let toldMs = Number.NEGATIVE_INFINITY;

  const listen = async () => {
    const askedMs = elapsed();
    const { revision, sightings } = await store.sightingsOfOthers(instance, seenRevision);
    seenRevision = revision;
    // About when the database has told their ages.
    const nowMs = (askedMs + elapsed()) / 2;
    for (const { service, ageMs, isLatest } of sightings) {
      const one = held.peek(service);
      if (one === undefined) continue;
      const elsewhereMs = nowMs - Math.max(0, ageMs);
      // To some milliseconds the database knows better which was the later one.
      one.elsewhereMs = Math.max(one.elsewhereMs, isLatest ? elsewhereMs : Math.min(elsewhereMs, one.seenMs));
    }
  };
  /** What others have seen is told of as long as it is seen here, too. */
  const tell = async () => {
    const nowMs = elapsed();
    if (nowMs - toldMs < TELL_INTERVAL_MS) return;
    const shared = held
      .all()
      .filter(([, one]) => one.seenMs > toldMs && nowMs - one.elsewhereMs < SHARED_MS)
      .map(([service, { seenMs }]) => ({ service, ageMs: nowMs - seenMs }));
    if (shared.length > 0) await store.saveSightings(shared, instance);
    toldMs = nowMs;
  };

  const follow = async () => {
    await listen();
    for (const [service, one] of held.all())
      if (isElsewhere(one) && elapsed() - one.seenMs > ELSEWHERE_MS_MAX) held.letGo(service);
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
    get revision() {
      return seenRevision;
    },
  };
}
