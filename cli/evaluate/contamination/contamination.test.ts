import fc from "fast-check";
import { expect, test } from "vitest";
import { createRandom } from "../../generate/random.ts";
import type { DetectorUnderTest } from "../detector-under-test.ts";
import type { EvaluationSet, Unit } from "../evaluation-set.ts";
import { sealTruth } from "../truth.ts";
import { contaminate } from "./contaminate.ts";
import { evaluateContamination } from "./evaluate-contamination.ts";
import { formatContamination } from "./format-contamination.ts";

const unit = (file: string, line: number, event: number): Unit => ({
  events: [event],
  source: { file, fromLine: line, toLine: line },
});
const unitsOf = (file: string, count: number, event: number) =>
  Array.from({ length: count }, (_, i) => unit(file, i, event));

test("so many units are replaced by others in their order, the rest stay where they are", () => {
  fc.assert(
    fc.property(fc.nat(30), fc.nat(30), fc.nat(), (size, more, seed) => {
      const train = unitsOf("train", size + more, 0);
      const others = unitsOf("test", size, 1);
      const changed = contaminate(train, others, createRandom(seed));
      expect(new Set(changed.filter((one, i) => one !== train[i]))).toEqual(new Set(others));
      const fewer = contaminate(train, others.slice(0, size >> 1), createRandom(seed));
      for (const [i, one] of fewer.entries()) if (one !== train[i]) expect(changed[i]).toEqual(one);
    }),
  );
});

test("what takes a place takes its stream and time", () => {
  const train = [{ ...unit("train", 1, 0), stream: "a", timesMs: [100] }];
  const other = { ...unit("test", 1, 1), stream: "b", timesMs: [7_000, 7_004] };
  expect(contaminate(train, [other], createRandom(1))).toEqual([
    { ...other, stream: "a", timesMs: [100, 104] },
  ]);
  expect(() => contaminate(train, [other, other], createRandom(1))).toThrow("2 units cannot take");
});

/** 200 normal units of event 0 train; 300 of them and 10 of event 1 test. */
function setOf(anomalies: number): EvaluationSet {
  const test = [...unitsOf("normal", 300, 0), ...unitsOf("abnormal", anomalies, 1)];
  return {
    name: "small",
    templates: ["a", "b"],
    isSession: true,
    train: unitsOf("train", 200, 0),
    test,
    truth: sealTruth(
      test.map(({ events }) => events[0] === 1),
      test.map(() => 1),
    ),
    notes: [],
  };
}

test("anomalies are learned and not tested, in every share on the same test", async () => {
  const learned: number[] = [];
  const detector: DetectorUnderTest = {
    name: "by event",
    isSeeded: false,
    appliesTo: () => true,
    async fit(train) {
      learned.push(train.filter(({ events }) => events[0] === 1).length);
      return { score: async (units) => Float64Array.from(units, ({ events }) => events[0] ?? 0) };
    },
  };
  const set = setOf(10);
  const contaminated = await evaluateContamination(set, [detector], 2);
  expect(contaminated.map(({ share, replaced }) => [share, replaced])).toEqual([
    [0, 0],
    [0.01, 2],
    [0.02, 4],
  ]);
  expect(Math.max(...learned)).toBeLessThanOrEqual(4);
  expect(learned.filter((count) => count === 0).length).toBeGreaterThanOrEqual(2);
  for (const { results } of contaminated)
    expect(results[0]).toMatchObject({
      seeds: 2,
      views: [{ anomalies: 6, normals: 300, auprc: { mean: 1 } }],
    });
  expect(contaminated[2]?.results[0]?.dataset).toBe("small, 2 % of the training anomalous");
  expect(formatContamination("small", contaminated)).toMatch(/\| by event \| +1\.0000, 0 % \| 1\.0000 \|/);
});

test("a set with too few anomalies is refused", async () => {
  await expect(evaluateContamination(setOf(4), [], 1)).rejects.toThrow(
    "of 4 anomalies 4 cannot be held back",
  );
});
