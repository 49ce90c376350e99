import { expect, test } from "vitest";
import { assertNoLeak, LeakError } from "./assert-no-leak.ts";
import type { EvaluationSet, Unit } from "./evaluation-set.ts";
import { sealTruth } from "./truth.ts";

function unit(file: string, fromLine: number, more: Partial<Unit> = {}): Unit {
  return { events: [fromLine], source: { file, fromLine, toLine: fromLine }, ...more };
}

function setOf(change: Partial<EvaluationSet> = {}): EvaluationSet {
  return {
    name: "planted",
    templates: [],
    isSession: true,
    train: [unit("a", 1, { session: "s1" }), unit("a", 2, { session: "s2" })],
    test: [unit("a", 3, { session: "s3" }), unit("b", 1, { session: "s4", events: [1] })],
    truth: sealTruth([true, false], [1, 1]),
    notes: [],
    ...change,
  };
}

test("a clean set passes, and tells what repeats itself", () => {
  expect(assertNoLeak(setOf())).toEqual({ distinctTest: 2, testSeenInTraining: 1 });
});

const broken = sealTruth([true, false], [1, 1]);
broken.open();

test.each<[string, Partial<EvaluationSet>, string]>([
  ["a shared line", { test: [unit("a", 2), unit("b", 1)] }, "line 2 of a is in two units"],
  [
    "overlapping windows",
    { test: [unit("c", 1, { source: { file: "c", fromLine: 1, toLine: 20 } }), unit("c", 20)] },
    "line 20 of c is in two units",
  ],
  [
    "a session in both splits",
    { test: [unit("b", 1, { session: "s2" }), unit("b", 2)] },
    "session s2 is in training and in the test",
  ],
  [
    "a test that is not after its training",
    {
      train: [unit("a", 1, { stream: "n", timesMs: [5, 7] }), unit("a", 2)],
      test: [unit("b", 1, { stream: "m", timesMs: [8] }), unit("b", 2, { stream: "m", timesMs: [8, 7] })],
    },
    "line 2 of b is tested at a time that is not after the whole of the training",
  ],
  ["a unit without a label", { truth: sealTruth([true], [1]) }, "2 test units and 1 labels"],
  ["labels that were read", { truth: broken }, "labels have been read before the report"],
  ["nothing to train with", { train: [] }, "0 normal units are too few"],
])("%s is refused", (_, change, problem) => {
  const check = () => assertNoLeak(setOf(change));
  expect(check).toThrow(LeakError);
  expect(check).toThrow(problem);
});
