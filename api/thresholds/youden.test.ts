import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { areaUnder, bestByYouden, jOf, rocPoints } from "./youden.ts";

const labels = (positives: readonly number[], negatives: readonly number[]) => [
  ...positives.map((score) => ({ score, isTrueAnomaly: true })),
  ...negatives.map((score) => ({ score, isTrueAnomaly: false })),
];

describe("ROC points", () => {
  it("are none without labels, and finite with labels of one kind", () => {
    expect(rocPoints([])).toEqual([]);
    expect(rocPoints(labels([0.5], []))).toEqual([
      { threshold: 0.5, truePositiveRate: 1, falsePositiveRate: 0 },
    ]);
  });

  it("are those of scikit-learn's example of roc_curve", () => {
    // y = [1, 1, 2, 2], scores = [0.1, 0.4, 0.35, 0.8], pos_label = 2 (scikit-learn.org, sklearn.metrics.roc_curve)
    expect(rocPoints(labels([0.35, 0.8], [0.1, 0.4]))).toEqual([
      { threshold: 0.8, truePositiveRate: 0.5, falsePositiveRate: 0 },
      { threshold: 0.4, truePositiveRate: 0.5, falsePositiveRate: 0.5 },
      { threshold: 0.35, truePositiveRate: 1, falsePositiveRate: 0.5 },
      { threshold: 0.1, truePositiveRate: 1, falsePositiveRate: 1 },
    ]);
  });

  it("count what alerts at each threshold, as counting one by one does", () => {
    const score = fc.constantFrom(0.1, 0.2, 0.3, 0.5, 0.85, 0.9, 1);
    fc.assert(
      fc.property(fc.array(score), fc.array(score), (positives, negatives) => {
        const rate = (scores: readonly number[], threshold: number) =>
          scores.filter((one) => one >= threshold).length / Math.max(1, scores.length);
        const thresholds = [...new Set([...positives, ...negatives])].sort((a, b) => b - a);
        expect(rocPoints(labels(positives, negatives))).toEqual(
          thresholds.map((threshold) => ({
            threshold,
            truePositiveRate: rate(positives, threshold),
            falsePositiveRate: rate(negatives, threshold),
          })),
        );
      }),
    );
  });
});

describe("the threshold with the best Youden's J", () => {
  const best = (positives: readonly number[], negatives: readonly number[]) =>
    bestByYouden(rocPoints(labels(positives, negatives)));

  it("is none where no threshold beats chance", () => {
    expect(bestByYouden([])).toBeUndefined();
    expect(best([0.5, 0.5], [0.5])).toBeUndefined();
    expect(best([0.1], [0.9])).toBeUndefined();
  });

  it("parts labels that can be parted, at the lowest true score", () => {
    expect(best([0.9, 0.8], [0.7])).toEqual({ threshold: 0.8, truePositiveRate: 1, falsePositiveRate: 0 });
  });

  it("is the highest of equal ones", () => {
    expect(best([0.9, 0.5], [0.7, 0.1])?.threshold).toBe(0.9);
  });

  it("is not beaten by any other threshold", () => {
    const score = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(score), fc.array(score), (positives, negatives) => {
        const points = rocPoints(labels(positives, negatives));
        const found = bestByYouden(points);
        const limit = found === undefined ? 0 : jOf(found);
        for (const point of points) expect(jOf(point)).toBeLessThanOrEqual(limit);
      }),
    );
  });
});

describe("the area under the curve", () => {
  it("is that of scikit-learn's example of roc_auc_score", () => {
    // y = [0, 0, 1, 1], scores = [0.1, 0.4, 0.35, 0.8] (scikit-learn.org, sklearn.metrics.roc_auc_score)
    expect(areaUnder(rocPoints(labels([0.35, 0.8], [0.1, 0.4])))).toBe(0.75);
  });

  it("is the share of pairs in which the true one scores higher, a tie counting half", () => {
    const scores = fc.array(fc.constantFrom(0.1, 0.2, 0.3, 0.5, 0.85, 0.9, 1), { minLength: 1 });
    fc.assert(
      fc.property(scores, scores, (positives, negatives) => {
        const won = positives.flatMap((a) => negatives.map((b) => (a > b ? 1 : a === b ? 0.5 : 0)));
        const share = won.reduce<number>((sum, one) => sum + one, 0) / won.length;
        expect(areaUnder(rocPoints(labels(positives, negatives)))).toBeCloseTo(share, 10);
      }),
    );
  });
});
