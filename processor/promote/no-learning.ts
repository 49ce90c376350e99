import type { Store } from "../../store/store.ts";
import type { Learning } from "./create-learning.ts";

const CANNOT =
  "the model in use is a Hugging Face one, which logbert does not train: name one of its own by inference.model";

/**
 * For a model that cannot be trained: records nothing, and says so to whoever asks for a training.
 * @param holder a name that no other process has
 */
export function createNoLearning(store: Store, now: () => number, holder: string): Learning {
  return {
    record: () => undefined,
    flush: () => Promise.resolve(),
    async follow() {
      if (!(await store.trainingTurn())?.isQueued) return;
      const run = await store.claimTraining({ holder, deadRevision: undefined }, now());
      if (run === undefined) return;
      await store.saveTrainingRun({ ...run, state: "FAILED", message: CANNOT, finishedAtMs: now() }, holder);
    },
    stop: () => Promise.resolve(),
  };
}
