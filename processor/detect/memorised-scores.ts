import { LRUCache } from "lru-cache";
import type { Expectation } from "./detector.ts";
import type { AnswerSurprises, EventScorer } from "./event-scorer.ts";
import { maskedRow } from "./masked-row.ts";
import { mostExpected } from "./most-expected.ts";
import type { Choice, Question } from "./questions.ts";
import type { WorkBudget } from "./work-budget.ts";

/** What the model expects at a place. */
export interface Prediction {
  readonly surprises: AnswerSurprises;
  /** The three most probable, most probable first. */
  readonly expected: readonly Expectation[];
}

/** Predictions of the model, each asked for once as long as it is in use; those of other weights do not count. */
export interface MemorisedScores {
  /**
   * Runs the model for the contexts that it has not been shown before.
   * @param rows what may be spent on them, one for each; the questions beyond stay without a prediction
   */
  answer(
    choice: Choice,
    questions: readonly Question[],
    rows: WorkBudget,
    signal: AbortSignal,
  ): Promise<readonly (Prediction | undefined)[]>;
  clear(): void;
}

/** Numbers in all predictions that are remembered: 8 MiB. */
const SURPRISES_MAX = 2 ** 21;

/** @param predictionsMax predictions remembered; over it the least recently used one is forgotten */
export function createMemorisedScores(scorer: EventScorer, predictionsMax: number): MemorisedScores {
  const memory = new LRUCache<string, Prediction>({
    max: predictionsMax,
    maxSize: SURPRISES_MAX,
    sizeCalculation: ({ surprises }) => surprises.length,
  });
  return {
    async answer(choice, questions, budget, signal) {
      const { version, eventsMax } = scorer;
      const { memoKey } = choice;
      const nameOf = (key: string) => `${version}\0${memoKey}${key}`;
      const predictions = questions.map(({ key }) =>
        memoKey === undefined ? undefined : memory.get(nameOf(key)),
      );
      const missing = missingOf(questions, predictions, budget);
      if (missing.size === 0) return predictions;
      const rows = [...missing.values()].flatMap(([first]) => {
        const question = questions[first ?? -1];
        return question === undefined ? [] : [maskedRow(question.read, question.event, eventsMax)];
      });
      const table = choice.table();
      // A text whose vector is not there is given zeros for once.
      const isKept = memoKey !== undefined && choice.textsForTable().length === 0;
      const answers = await scorer.score({ table, rows }, signal);
      for (const [at, [key, indexes]] of [...missing].entries()) {
        const surprises = answers[at];
        if (surprises === undefined) continue;
        const prediction = { surprises, expected: expectedOf(surprises, choice) };
        for (const index of indexes) predictions[index] = prediction;
        if (isKept) memory.set(nameOf(key), prediction);
      }
      return predictions;
    },
    clear: () => memory.clear(),
  };
}

function expectedOf(surprises: AnswerSurprises, { textAt }: Choice): readonly Expectation[] {
  return mostExpected(surprises).map(({ answer, probability }) => ({
    template: textAt(answer),
    probability,
  }));
}

/** Places of the questions without a prediction, the same ones together: as many different ones as the budget allows. */
function missingOf(
  questions: readonly Question[],
  predictions: readonly (Prediction | undefined)[],
  budget: WorkBudget,
): ReadonlyMap<string, readonly number[]> {
  const missing = new Map<string, number[]>();
  for (const [index, { key }] of questions.entries()) {
    if (predictions[index] !== undefined) continue;
    const same = missing.get(key);
    if (same !== undefined) same.push(index);
    else if (budget.spend(1)) missing.set(key, [index]);
  }
  return missing;
}
