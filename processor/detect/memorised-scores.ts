import { LRUCache } from "lru-cache";
import type { EventScorer, RowScore } from "./event-scorer.ts";
import type { Choice, Question } from "./questions.ts";

/** Answers of the model, each asked for once as long as it is in use; those of other weights do not count. */
export interface MemorisedScores {
  /** Runs the model for at most `rowsMax` questions that it has not answered before; those beyond stay without a score. */
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
      const keys = questions.map(({ key }) => (key === undefined ? undefined : `${version}\0${key}`));
      const scores = keys.map((key) => (key === undefined ? undefined : memory.get(key)));
      const missing = [...questions.keys()].filter((index) => scores[index] === undefined).slice(0, rowsMax);
      if (missing.length === 0) return { scores, rowsRun: 0 };
      const rows = missing.flatMap((index) => questions[index]?.row ?? []);
      const answers = await scorer.score({ table: choice.table(), rows }, signal);
      for (const [at, index] of missing.entries()) {
        const score = answers[at];
        const key = keys[index];
        scores[index] = score;
        if (key !== undefined && score !== undefined) memory.set(key, score);
      }
      return { scores, rowsRun: missing.length };
    },
    clear: () => memory.clear(),
  };
}
