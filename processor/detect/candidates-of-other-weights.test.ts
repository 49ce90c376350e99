import { expect, it } from "vitest";
import { createCandidates } from "./candidates.ts";

it("the table has the residuals of the weights in use, and the vectors that it had", () => {
  let model = "one";
  let vectors = new Map([
    ["a", Float32Array.of(1, 0)],
    ["b", Float32Array.of(0, 1)],
  ]);
  const candidates = createCandidates(10, {
    vectors: { dimensions: 2, ensure: async () => undefined, of: (text) => vectors.get(text) },
    model: () => model,
    residual: (text) => (model === "one" ? undefined : Float32Array.of(text === "a" ? 7 : 8)),
  });
  candidates.learn("1", "a", undefined);
  candidates.learn("2", "b", undefined);
  const before = candidates.table();
  expect(before.residuals).toBeUndefined();
  expect(candidates.table()).toBe(before);
  model = "two";
  vectors = new Map();
  expect(candidates.textsForTable()).toEqual([]);
  const after = candidates.table();
  expect([...(after.residuals ?? [])]).toEqual([7, 8]);
  expect([...after.vectors]).toEqual([1, 0, 0, 1]);
  expect(candidates.table()).toBe(after);
});
