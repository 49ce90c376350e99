import type { Prediction, RememberedPlace } from "./memorised-scores.ts";
import type { PredictedPlace } from "./predicted-batch.ts";

/** How often the model may still be run for a batch, and how many of its places that has left out. */
export interface RowsBudget {
  left: number;
  skipped: number;
}

/** Places of one service that nothing is remembered of; those that the model is shown alike are asked about once. */
export interface UnknownPlaces {
  add(asked: RememberedPlace, place: PredictedPlace): void;
  /** @param run the model, for these questions */
  ask(
    run: (questions: readonly RememberedPlace[]) => Promise<readonly (Prediction | undefined)[]>,
    tell: (place: PredictedPlace, prediction: Prediction) => void,
  ): Promise<void>;
}

export function createUnknownPlaces(rows: RowsBudget): UnknownPlaces {
  const questions = new Map<number, { readonly asked: RememberedPlace; readonly places: PredictedPlace[] }>();
  return {
    add(asked, place) {
      const same = questions.get(asked.hash);
      if (same !== undefined) same.places.push(place);
      else if (rows.left > 0) {
        rows.left -= 1;
        questions.set(asked.hash, { asked, places: [place] });
      } else rows.skipped += 1;
    },
    async ask(run, tell) {
      if (questions.size === 0) return;
      const predictions = await run([...questions.values()].map(({ asked }) => asked));
      for (const [at, { places }] of [...questions.values()].entries()) {
        const prediction = predictions[at];
        if (prediction === undefined) rows.skipped += places.length;
        else for (const place of places) tell(place, prediction);
      }
    },
  };
}
