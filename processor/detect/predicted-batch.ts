import type { LogEvent } from "../window/sequence-window.ts";
import type { Expectation } from "./evidence.ts";
import type { Prediction } from "./memorised-scores.ts";
import { NO_FACTS, type Opinions } from "./opinions.ts";
import { noteSurprise } from "./own-surprise.ts";
import type { Places } from "./places.ts";

/** A place that the model has an opinion of. */
export interface PredictedPlace {
  /** Its number in the batch. */
  readonly at: number;
  /** The answer that came true: a candidate, or behind them the end of the session. */
  readonly answer: number;
  /** The model's surprise at such an answer on average. */
  readonly usual: number;
  /** Undefined for the end of a session. */
  readonly event: LogEvent | undefined;
}

/** What the event model says of a batch while it is being asked. */
export interface PredictedBatch {
  readonly places: Places;
  readonly opinions: Opinions & { readonly model: string };
  tell(place: PredictedPlace, prediction: Prediction): void;
}

/** @param model the weights that are asked */
export function createPredictedBatch(places: Places, model: string): PredictedBatch {
  const surprises = new Float64Array(places.count).fill(Number.NaN);
  const expected = new Array<readonly Expectation[] | undefined>(places.count);
  return {
    places,
    opinions: {
      detector: "event-model",
      model,
      surprises,
      facts(place) {
        const own = expected[place];
        return own === undefined ? NO_FACTS : { expected: own };
      },
    },
    tell({ at, answer, usual, event }, prediction) {
      const found = prediction.surprises[answer] ?? Number.NaN;
      if (event !== undefined) noteSurprise(event, found, model);
      surprises[at] = Math.max(0, found - usual);
      expected[at] = prediction.expected;
    },
  };
}
