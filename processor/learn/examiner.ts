import { openRowScorer } from "../inference/training-session.ts";
import { type Answers, type Questions, scoreHeldOut } from "./held-out.ts";
import type { TrainableModel } from "./trainable-model.ts";

/** Held-out events, and how a model's weights do on them. */
export interface Examiner {
  readonly questions: Questions;
  examine(weights: Float32Array, residualOf: (service: number) => Float32Array): Promise<Answers>;
}

/** Asks weights for a model's graphs; `vectors` are the services' text vectors. */
export function createExaminer(
  questions: Questions,
  model: TrainableModel,
  vectors: readonly Float32Array[],
  threads: number,
): Examiner {
  const vectorsOf = (service: number) => vectors[service] ?? new Float32Array();
  return {
    questions,
    async examine(weights, residualOf) {
      const scorer = await openRowScorer(model, weights, threads);
      const answers = scoreHeldOut(questions, scorer, model.shape, vectorsOf, residualOf);
      return await answers.finally(() => scorer.close());
    },
  };
}
