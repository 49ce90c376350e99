import type { RunningScorer } from "./worker-client.ts";

/** A scorer whose weights can be replaced while it serves. */
export interface SwappableScorer extends RunningScorer {
  /**
   * From now on every batch goes to `next`; what the old weights have been handed they finish, and then their thread ends.
   * Resolves when it has ended.
   */
  replace(next: RunningScorer): Promise<void>;
}

/**
 * The scorer that is in use. What is read from it before the first `await` belongs together: a batch that was built with
 * its `version` and `eventsMax` is scored by these very weights.
 */
export function createSwappableScorer(first: RunningScorer): SwappableScorer {
  let current = first;
  let retiring: Promise<void> = Promise.resolve();
  return {
    get version() {
      return current.version;
    },
    get eventsMax() {
      return current.eventsMax;
    },
    score: (batch, signal) => current.score(batch, signal),
    replace(next) {
      const closed = current.close();
      current = next;
      retiring = Promise.all([retiring, closed]).then(() => undefined);
      return closed;
    },
    async close() {
      await Promise.all([retiring, current.close()]);
    },
  };
}
