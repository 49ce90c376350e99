import { LRUCache } from "lru-cache";
import type { EventScorer, RowScore } from "./event-scorer.ts";
import type { Choice, Question } from "./questions.ts";

/** Answers of the model, each asked for once as long as it is in use; those of other weights do not count. */
export interface MemorisedScores {
  /** Runs the model for at most `rowsMax` different questions that it has not answered before; those beyond stay without a score. */
  answer(
    choice: Choice,
    questions: readonly Question[],
    rowsMax: number,
    signal: AbortSignal,
  ): Promise<{ readonly scores: readonly (RowScore | undefined)[]; readonly rowsRun: number }>;
  clear(): void;
}

/** @param scoresMax scores remembered; over it the least recently used one is forgotten */
export function createMemorisedScores(scorer: EventScorer, scoresMax: number): MemorisedScores {
  const memory = new LRUCache<string, RowScore>({ max: scoresMax });
  return {
    async answer(choice, questions, rowsMax, signal) {
      const { version } = scorer;
      const { memoKey } = choice;
      const nameOf = (key: string) => `${version}\0${memoKey}${key}`;
      const scores = questions.map(({ key }) =>
        memoKey === undefined ? undefined : memory.get(nameOf(key)),
      );
      const missing = missingOf(questions, scores, rowsMax);
      if (missing.size === 0) return { scores, rowsRun: 0 };
      const rows = [...missing.values()].flatMap(([first]) => questions[first ?? -1]?.row() ?? []);
      const answers = await scorer.score({ table: choice.table(), rows }, signal);
      for (const [at, [key, indexes]] of [...missing].entries()) {
        const score = answers[at];
        for (const index of indexes) scores[index] = score;
        if (memoKey !== undefined && score !== undefined) memory.set(nameOf(key), score);
      }
      return { scores, rowsRun: missing.size };
    },
    clear: () => memory.clear(),
  };
}

/** Places of the questions without a score, the same ones together: at most `rowsMax` different ones. */
function missingOf(
  questions: readonly Question[],
  scores: readonly (RowScore | undefined)[],
  rowsMax: number,
): ReadonlyMap<string, readonly number[]> {
  const missing = new Map<string, number[]>();
  for (const [index, { key }] of questions.entries()) {
    if (scores[index] !== undefined) continue;
    const same = missing.get(key);
    if (same !== undefined) same.push(index);
    else if (missing.size < rowsMax) missing.set(key, [index]);
  }
  return missing;
}
