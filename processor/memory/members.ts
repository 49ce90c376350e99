import type { Store } from "../../store/store.ts";

/** Who has not been heard of for so long is gone, or cut off: its streams come elsewhere. */
const GONE_AFTER_MS = 15_000;

/** The other stages that share the store. */
export interface Members {
  /** Whether one has come or gone since the last look; the first one only looks who is there. Rejects with the store's error. */
  haveChanged(): Promise<boolean>;
}

/** A heartbeat, and when it was seen first. */
interface Heard {
  readonly updatedAtMs: number;
  readonly atMs: number;
}

/**
 * Tells by heartbeats whether others are there: one counts when this stage has seen its heartbeat change, whatever its clock says.
 * @param instance name of this stage
 * @param elapsed milliseconds, never going back
 */
export function createMembers(
  store: Pick<Store, "statuses">,
  instance: string,
  elapsed: () => number,
): Members {
  let heard: ReadonlyMap<string, Heard> | undefined;
  let before = "";
  return {
    async haveChanged() {
      const nowMs = elapsed();
      const others = (await store.statuses()).filter((status) => status.instance !== instance);
      heard = new Map(
        others.map(({ instance: other, updatedAtMs }) => {
          const known = heard?.get(other);
          if (known?.updatedAtMs === updatedAtMs) return [other, known];
          // Of what is there at first nobody knows how old it is.
          return [other, { updatedAtMs, atMs: heard === undefined ? Number.NEGATIVE_INFINITY : nowMs }];
        }),
      );
      const there = [...heard]
        .filter(([, { atMs }]) => nowMs - atMs <= GONE_AFTER_MS)
        .map(([other]) => other);
      const names = JSON.stringify(there.sort());
      const isChanged = before !== "" && names !== before;
      before = names;
      return isChanged;
    },
  };
}
