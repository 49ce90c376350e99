import { describe, expect, test } from "vitest";
import { isOpen, lossChange, mergeRuns, stateWords, type TrainingState } from "./training-runs.ts";

describe("the runs of the trainer", () => {
  test("are listed once each, the newest first, with the newest word on each", () => {
    const known = [
      { id: "3", state: "RUNNING" },
      { id: "2", state: "PROMOTED" },
      { id: "1", state: "FAILED" },
    ];
    const fresh = [
      { id: "4", state: "QUEUED" },
      { id: "3", state: "REJECTED" },
    ];
    expect(mergeRuns(known, fresh).map(({ id, state }) => id + state)).toEqual([
      "4QUEUED",
      "3REJECTED",
      "2PROMOTED",
      "1FAILED",
    ]);
    expect(mergeRuns([], [])).toEqual([]);
  });

  test.each([
    ["QUEUED", true],
    ["RUNNING", true],
    ["PROMOTED", false],
    ["REJECTED", false],
    ["FAILED", false],
    ["ROLLED_BACK", false],
  ] as const)("one that is %s: is it open? %s", (state, open) => {
    expect(isOpen({ state })).toBe(open);
  });

  test("each way to end has its own word", () => {
    const all: readonly TrainingState[] = [
      "QUEUED",
      "RUNNING",
      "PROMOTED",
      "REJECTED",
      "FAILED",
      "ROLLED_BACK",
    ];
    expect(new Set(all.map((state) => stateWords(state).word)).size).toBe(all.length);
  });
});

test.each([
  [2, 1.8, "10 % lower"],
  [2, 2.1, "5 % higher"],
  [2, 2, "unchanged"],
  [0, 1, "unchanged"],
  [2, 1.999, "< 0.1 % lower"],
])("a loss from %d to %d is %s", (before, after, words) => {
  expect(lossChange(before, after)).toBe(words);
});
