import { LRUCache } from "lru-cache";
import type { PretrainedScorer, TextScore, WindowText } from "./pretrained-scorer.ts";
import type { WorkBudget } from "./work-budget.ts";

/** Texts of one call of the model: few, so that a slow model's answers come one by one. */
const TEXTS_PER_CALL = 8;
/** Texts that the model goes on with after the request that asked for them has left; they come again, and are known then. */
const LEFT_OVER_MAX = 64;
/** Probability from which a classifier's verdict is explained: from there on it leans to "anomaly". */
const EXPLAINED_FROM = 0.5;

/** Answers of a model of texts, each asked for once as long as it is in use. */
export interface MemorisedTexts {
  /**
   * Scores of the texts, undefined where the model was not run or has not answered before patience ended. Rejects when the
   * model failed on one of them.
   * @param budget what may be spent on texts that the model is run for, one for each
   */
  answer(
    texts: readonly WindowText[],
    budget: WorkBudget,
    patience: AbortSignal,
  ): Promise<readonly (TextScore | undefined)[]>;
}

interface Task {
  readonly text: WindowText;
  readonly isExplained: boolean;
  readonly done: PromiseWithResolvers<void>;
}

/** @param scoresMax scores remembered; over it the least recently used one is forgotten */
export function createMemorisedTexts(scorer: PretrainedScorer, scoresMax: number): MemorisedTexts {
  const memory = new LRUCache<string, TextScore>({ max: scoresMax });
  const run = createRunner(scorer, (key, score) => memory.set(key, score));

  /** Waits for the keys' tasks, or until patience ends. */
  const work = async (keys: ReadonlyMap<string, WindowText>, isExplained: boolean, patience: AbortSignal) => {
    await Promise.race([run.all(keys, isExplained), ended(patience)]);
    if (patience.aborted) run.forgetAllBut(LEFT_OVER_MAX);
  };

  return {
    async answer(texts, budget, patience) {
      const keys = texts.map(keyOf);
      const all = new Map(keys.flatMap((key, index) => pairOf(key, texts[index])));
      const missing = new Map([...all].filter(([key]) => !memory.has(key) && budget.spend(1)));
      if (missing.size > 0) await work(missing, false, patience);
      const unexplained = new Map([...all].filter(([key]) => isUnexplained(memory.get(key))));
      // A verdict without an explanation is still one.
      if (unexplained.size > 0 && !patience.aborted)
        await work(unexplained, true, patience).catch(() => undefined);
      return keys.map((key) => memory.get(key));
    },
  };
}

/** Runs one call after the other: scores first, explanations when nothing waits for a score. */
function createRunner(scorer: PretrainedScorer, remember: (key: string, score: TextScore) => void) {
  const waiting = new Map<string, Task>();
  const running = new Map<string, Task>();
  const neverAborts = new AbortController().signal;

  const next = (): ReadonlyMap<string, Task> => {
    const scores = [...waiting].filter(([, { isExplained }]) => !isExplained);
    return new Map(scores.length > 0 ? scores.slice(0, TEXTS_PER_CALL) : [...waiting].slice(0, 1));
  };
  const call = async (tasks: ReadonlyMap<string, Task>) => {
    const [first] = tasks.values();
    const ask = first?.isExplained === true ? scorer.explain : scorer.score;
    const scores = await ask(
      [...tasks.values()].map(({ text }) => text),
      neverAborts,
    );
    for (const [index, [key, { done }]] of [...tasks].entries()) {
      const score = scores[index];
      if (score !== undefined) remember(keyOfTask(key), score);
      done.resolve();
    }
  };
  const runAll = async () => {
    while (waiting.size > 0 && running.size === 0) {
      const tasks = next();
      for (const [key, task] of tasks) {
        waiting.delete(key);
        running.set(key, task);
      }
      await call(tasks).catch((reason) => {
        for (const { done } of tasks.values()) done.reject(reason);
      });
      for (const key of tasks.keys()) running.delete(key);
    }
  };

  const add = (key: string, text: WindowText, isExplained: boolean): Promise<void> => {
    const taskKey = isExplained ? EXPLAIN + key : key;
    const known = running.get(taskKey) ?? waiting.get(taskKey);
    if (known !== undefined) return known.done.promise;
    const done = Promise.withResolvers<void>();
    // Nobody may be left to hear of a failure.
    done.promise.catch(() => undefined);
    waiting.set(taskKey, { text, isExplained, done });
    return done.promise;
  };

  return {
    /** Resolves when the model has answered them all, or they were forgotten. */
    async all(texts: ReadonlyMap<string, WindowText>, isExplained: boolean): Promise<void> {
      const done = [...texts].map(([key, text]) => add(key, text, isExplained));
      void runAll();
      await Promise.all(done);
    },
    /** Forgets the tasks that came last. */
    forgetAllBut(tasks: number): void {
      for (const [key, { done }] of [...waiting].slice(tasks)) {
        waiting.delete(key);
        done.resolve();
      }
    },
  };
}

/** Marks the key of a task that explains. */
const EXPLAIN = "\u0001";

function keyOfTask(key: string): string {
  return key.startsWith(EXPLAIN) ? key.slice(EXPLAIN.length) : key;
}

function keyOf({ context, judged }: WindowText): string {
  return [...context, judged].join("\0");
}

function pairOf(key: string, text: WindowText | undefined): readonly (readonly [string, WindowText])[] {
  return text === undefined ? [] : [[key, text]];
}

function isUnexplained(score: TextScore | undefined): boolean {
  return score !== undefined && score.tokens === undefined && (score.probability ?? 0) >= EXPLAINED_FROM;
}

function ended(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
