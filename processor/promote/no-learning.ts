import type { Store } from "../../store/store.ts";
import type { Learning } from "./create-learning.ts";

const CANNOT =
  "the model in use is a Hugging Face one, which logbert does not train: name one of its own by inference.model";

/** For a model that cannot be trained: records nothing, and says so to whoever asks for a training. */
export function createNoLearning(store: Store, now: () => number): Learning {
  return {
    record: () => undefined,
    flush: () => Promise.resolve(),
    async follow() {
      const run = await store.openTrainingRun();
      if (run === undefined) return;
      await store.saveTrainingRun({ ...run, state: "FAILED", message: CANNOT, finishedAtMs: now() });
    },
    stop: () => Promise.resolve(),
  };
}
