import type { Prediction, RememberedPlace } from "./memorised-scores.ts";
import type { PredictedPlace } from "./predicted-batch.ts";
import type { WorkBudget } from "./work-budget.ts";

/** Places of one service that nothing is remembered of; those that the model is shown alike are asked about once. */
export interface UnknownPlaces {
  add(asked: RememberedPlace, place: PredictedPlace): void;
  /** Places that the budget left out. */
  skipped(): number;
  /**
   * @param run the model, for these questions
   * @returns how many places got no answer
   */
  ask(
    run: (questions: readonly RememberedPlace[]) => Promise<readonly (Prediction | undefined)[]>,
    tell: (place: PredictedPlace, prediction: Prediction) => void,
  ): Promise<number>;
}

/**
 * @param rows how often the model may be run
 * @param isAsked whether the model is being asked this already, so that it costs nothing
 */
export function createUnknownPlaces(
  rows: WorkBudget,
  isAsked: (question: RememberedPlace) => boolean,
): UnknownPlaces {
  const questions = new Map<number, { readonly asked: RememberedPlace; readonly places: PredictedPlace[] }>();
  let skipped = 0;
  return {
    skipped() {
      return skipped;
    },
    add(asked, place) {
      const same = questions.get(asked.hash);
      if (same !== undefined) same.places.push(place);
      else if (isAsked(asked) || rows.spend(1)) questions.set(asked.hash, { asked, places: [place] });
      else skipped += 1;
    },
    async ask(run, tell) {
      if (questions.size === 0) return 0;
      const predictions = await run([...questions.values()].map(({ asked }) => asked));
      let unanswered = 0;
      for (const [at, { places }] of [...questions.values()].entries()) {
        const prediction = predictions[at];
        if (prediction === undefined) unanswered += places.length;
        else for (const place of places) tell(place, prediction);
      }
      return unanswered;
    },
  };
}
