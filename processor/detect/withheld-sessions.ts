import { LRUCache } from "lru-cache";
import type { Session } from "../window/sequence-window.ts";

/** So often an odd session is no example of a usual one; after that it is a habit, however rare: a job of every night. */
const WITHHELD_MAX = 20;

/** Counts how often a session of the same templates, as often each, has been kept from being learned. */
export interface WithheldSessions {
  /** Of these, the ones that have been odd too often by now to be kept from it. */
  habitual(odd: readonly Session[]): readonly Session[];
}

/** @param sessionsMax different ones remembered, until the next start; over it the least recently seen one is forgotten */
export function createWithheldSessions(sessionsMax: number): WithheldSessions {
  // By size: room for `max` entries would be set aside in every service at once.
  const times = new LRUCache<string, number>({ maxSize: sessionsMax, sizeCalculation: () => 1 });
  return {
    habitual: (odd) =>
      odd.filter((session) => {
        const key = keyOf(session);
        const count = (times.get(key) ?? 0) + 1;
        times.set(key, count);
        return count > WITHHELD_MAX;
      }),
  };
}

function keyOf({ counts }: Session): string {
  return JSON.stringify([...counts].map(([id, { count }]) => `${count} ${id}`).sort());
}
