import { expect, it } from "vitest";
import type { PredictedPlace } from "./predicted-batch.ts";
import { createUnknownPlaces } from "./unknown-places.ts";

const window = { isStart: true, ids: [0], codes: [0] };
const place = (at: number): PredictedPlace => ({ at, answer: 0, usual: 0, own: [], offset: 0 });

it("asks the same question once, within the budget, and tells every place", async () => {
  const rows = { left: 2, skipped: 0 };
  const unknown = createUnknownPlaces(rows);
  for (const [at, hash] of [7, 8, 7, 9, 8].entries()) unknown.add({ window, event: 0, hash }, place(at));
  const asked: number[] = [];
  const told: [number, number | undefined][] = [];
  await unknown.ask(
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
  expect(rows).toEqual({ left: 0, skipped: 1 });
});

it("asks nobody when nothing is unknown", async () => {
  const boom = () => Promise.reject(new Error("asked"));
  await createUnknownPlaces({ left: 2, skipped: 0 }).ask(boom, () => undefined);
});
