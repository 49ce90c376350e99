import { expect, it } from "vitest";
import type { PredictedPlace } from "./predicted-batch.ts";
import { createUnknownPlaces } from "./unknown-places.ts";
import { createWorkBudget } from "./work-budget.ts";

const window = { isStart: true, ids: [0], codes: [0] };
const place = (at: number): PredictedPlace => ({ at, answer: 0, usual: 0, event: undefined });

it("asks the same question once, within the budget, what is being asked already for nothing, and tells every place", async () => {
  const unknown = createUnknownPlaces(createWorkBudget(1), ({ hash }) => hash === 7);
  for (const [at, hash] of [7, 8, 7, 9, 8].entries()) unknown.add({ window, event: 0, hash }, place(at));
  const asked: number[] = [];
  const told: [number, number | undefined][] = [];
  const unanswered = await unknown.ask(
    async (questions) =>
      questions.map(({ hash }) => {
        asked.push(hash);
        return { surprises: Float32Array.of(hash), expected: [] };
      }),
    ({ at }, { surprises }) => told.push([at, surprises[0]]),
  );
  expect(asked).toEqual([7, 8]);
  expect(told).toEqual([
    [0, 7],
    [2, 7],
    [1, 8],
    [4, 8],
  ]);
  expect([unknown.skipped(), unanswered]).toEqual([1, 0]);
});

it("asks nobody when nothing is unknown", async () => {
  const boom = () => Promise.reject(new Error("asked"));
  expect(await createUnknownPlaces(createWorkBudget(2), () => false).ask(boom, () => undefined)).toBe(0);
});
