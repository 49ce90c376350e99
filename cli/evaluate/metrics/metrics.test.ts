import { expect, test } from "vitest";
import { decisionsAbove, oracleDecisions, recallAtRate } from "./confusion.ts";
import { averagePrecision, rank, rocArea } from "./ranking.ts";
import { spreadOf } from "./spread.ts";

const SCORES = Float64Array.of(0.9, 0.9, 0.8, 0.7, 0.7, 0.7, 0.5, 0.4, 0.4, 0.3, 0.1, 0);
const LABELS = Uint8Array.of(1, 0, 1, 0, 0, 1, 0, 1, 0, 0, 1, 0);
const ONES = new Float64Array(12).fill(1);
const WEIGHTS = Float64Array.from(LABELS, (label) => (label === 1 ? 1 : 2.5));

// Computed with scikit-learn 1.9.1: average_precision_score, roc_auc_score, precision_recall_fscore_support, confusion_matrix.
test.each([
  [
    "each unit counts once",
    ONES,
    { area: 0.5131313131313131, roc: 0.6, precision: 0.42857142857142855, recall: 0.6, f1: 0.5, best: 0.625 },
  ],
  [
    "normal units weigh 2.5",
    WEIGHTS,
    {
      area: 0.3016594516594517,
      roc: 0.6,
      precision: 0.23076923076923078,
      recall: 0.6,
      f1: 1 / 3,
      best: 0.42105263157894735,
    },
  ],
])("metrics are scikit-learn's, with tied scores: %s", (_, weights, golden) => {
  const ranking = rank(SCORES, { isAnomaly: LABELS, weights });
  expect(averagePrecision(ranking)).toBeCloseTo(golden.area, 12);
  expect(rocArea(ranking)).toBeCloseTo(golden.roc, 12);
  const decisions = decisionsAbove(ranking, 0.45);
  expect(decisions.precision).toBeCloseTo(golden.precision, 12);
  expect(decisions.recall).toBeCloseTo(golden.recall, 12);
  expect(decisions.f1).toBeCloseTo(golden.f1, 12);
  expect(decisions.falsePositiveRate).toBeCloseTo(4 / 7, 12);
  expect(oracleDecisions(ranking).f1).toBeCloseTo(golden.best, 12);
});

test("a unit at the threshold is not flagged, one above it is", () => {
  const ranking = rank(Float64Array.of(2, 1), {
    isAnomaly: Uint8Array.of(1, 0),
    weights: Float64Array.of(1, 1),
  });
  expect(decisionsAbove(ranking, 2).recall).toBe(0);
  expect(decisionsAbove(ranking, 1)).toEqual({ precision: 1, recall: 1, f1: 1, falsePositiveRate: 0 });
});

test("the order of units with the same score changes nothing", () => {
  const scores = Float64Array.of(1, 1, 0);
  const weights = Float64Array.of(1, 1, 1);
  const [first, second] = [Uint8Array.of(1, 0, 0), Uint8Array.of(0, 1, 0)].map((isAnomaly) =>
    averagePrecision(rank(scores, { isAnomaly, weights })),
  );
  expect(first).toBe(0.5);
  expect(second).toBe(0.5);
});

test("recall at a rate keeps to the rate", () => {
  const isAnomaly = Uint8Array.of(1, 0, 1, 0);
  const ranking = rank(Float64Array.of(4, 3, 2, 1), { isAnomaly, weights: new Float64Array(4).fill(1) });
  expect(recallAtRate(ranking, 0)).toBe(0.5);
  expect(recallAtRate(ranking, 0.5)).toBe(1);
});

test("scores that are not as many as the units are refused", () => {
  const truth = { isAnomaly: Uint8Array.of(1, 0), weights: Float64Array.of(1, 1) };
  expect(() => rank(Float64Array.of(1), truth)).toThrow("2 units came in and 1 were scored");
});

test("mean and deviation over seeds", () => {
  expect(spreadOf([1, 3])).toEqual({ mean: 2, deviation: Math.SQRT2 });
  expect(spreadOf([0.5])).toEqual({ mean: 0.5, deviation: 0 });
});
