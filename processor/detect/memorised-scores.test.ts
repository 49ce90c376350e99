import { expect, it } from "vitest";
import type { EventScorer } from "./event-scorer.ts";
import { createMemorisedScores } from "./memorised-scores.ts";
import type { Choice, Question } from "./questions.ts";
import { createWorkBudget } from "./work-budget.ts";

const choice: Choice = {
  size: 1,
  table: () => ({ vectors: new Float32Array(1), residuals: undefined }),
  ids: [[0]],
  textAt: () => "a",
  textsForTable: () => [],
  memoKey: "shop",
};
const window: Question["window"] = {
  service: "shop",
  stream: "1",
  events: [],
  freshFrom: 0,
  freshRecords: [],
  isStart: true,
  isClosed: false,
  session: { events: 0, counts: new Map(), startedMs: 0 },
};
const read = { isStart: true, ids: [0], codes: [0] };
const question: Question = { window, index: 0, event: 0, answer: 0, key: "the same", read };

it("asks other weights anew, and those before again from memory", async () => {
  let asked = 0;
  const scorer: EventScorer & { version: string } = {
    version: "one",
    eventsMax: 20,
    residual: () => undefined,
    async score({ rows }) {
      asked += rows.length;
      return rows.map(() => Float32Array.of(asked, 9));
    },
  };
  const memory = createMemorisedScores(scorer, 10);
  const ask = async () => {
    const rows = createWorkBudget(10);
    const predictions = await memory.answer(choice, [question], rows, AbortSignal.timeout(1_000));
    return predictions[0]?.surprises[0];
  };
  expect([await ask(), await ask()]).toEqual([1, 1]);
  scorer.version = "two";
  expect([await ask(), await ask()]).toEqual([2, 2]);
  scorer.version = "one";
  expect(await ask()).toBe(1);
});

it("asks the same question once, with strangers among the candidates too, but then remembers nothing", async () => {
  const asked: number[] = [];
  const scorer: EventScorer = {
    version: "one",
    eventsMax: 20,
    residual: () => undefined,
    async score({ rows }) {
      asked.push(rows.length);
      return rows.map((_, at) => Float32Array.of(at, 9));
    },
  };
  const memory = createMemorisedScores(scorer, 10);
  const strange: Choice = { ...choice, memoKey: undefined };
  const questions = ["a", "b", "a", "c", "b"].map((key) => ({ ...question, key }));
  const ask = (rows = createWorkBudget(2)) =>
    memory.answer(strange, questions, rows, AbortSignal.timeout(1_000));
  const predictions = await ask();
  expect(predictions.map((one) => one?.surprises[0])).toEqual([0, 1, 0, undefined, 1]);
  await ask();
  expect(asked).toEqual([2, 2]);
});
