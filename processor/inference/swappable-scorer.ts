import { ModelError } from "./model-directory.ts";
import type { RunningScorer } from "./worker-client.ts";

/** A scorer whose weights can be replaced while it serves. */
export interface SwappableScorer extends RunningScorer {
  /**
   * From now on every batch goes to `next`; what the old weights have been handed they finish, and then their thread ends.
   * Resolves when it has ended. Rejects, and changes nothing, when the texts' vectors would be of another length.
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
    residual: (service, template) => current.residual(service, template),
    encoder: {
      dimensions: first.encoder.dimensions,
      encode: (texts, signal) => current.encoder.encode(texts, signal),
    },
    score: (batch, signal) => current.score(batch, signal),
    async replace(next) {
      if (next.encoder.dimensions !== first.encoder.dimensions) {
        await next.close();
        throw new ModelError(
          `the weights ${next.version} read texts as ${next.encoder.dimensions} values, those in use as ${first.encoder.dimensions}`,
          "name their directory by inference.model and restart",
        );
      }
      const closed = current.close();
      current = next;
      retiring = Promise.all([retiring, closed]).then(() => undefined);
      await closed;
    },
    async close() {
      await Promise.all([retiring, current.close()]);
    },
  };
}
