import { userError } from "./errors.ts";

/** Mutation.startTraining. */
export const training = {
  Mutation: {
    startTraining() {
      throw userError(
        "NOT_AVAILABLE",
        "This version of logbert has no trainer.",
        "Thresholds and templates adapt by themselves; retraining comes with a later version.",
      );
    },
  },
};
