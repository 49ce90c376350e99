import type { LabelledScore } from "../../store/feedback.ts";

/** A point of the ROC curve: the rates of a threshold. */
export interface RocPoint {
  readonly threshold: number;
  readonly truePositiveRate: number;
  readonly falsePositiveRate: number;
}

type Label = Pick<LabelledScore, "score" | "isTrueAnomaly">;

/**
 * The ROC curve: one point for each score that occurs, highest threshold first; a score at the threshold alerts. Without
 * labels of a kind, the rate of that kind is 0.
 */
export function rocPoints(labels: readonly Label[]): readonly RocPoint[] {
  const positives = labels.filter(({ isTrueAnomaly }) => isTrueAnomaly).length;
  const negatives = labels.length - positives;
  const falling = [...labels].sort((a, b) => b.score - a.score);
  const points: RocPoint[] = [];
  let hits = 0;
  for (const [index, { score, isTrueAnomaly }] of falling.entries()) {
    hits += isTrueAnomaly ? 1 : 0;
    if (falling[index + 1]?.score === score) continue;
    points.push({
      threshold: score,
      truePositiveRate: hits / Math.max(1, positives),
      falsePositiveRate: (index + 1 - hits) / Math.max(1, negatives),
    });
  }
  return points;
}

/** Youden's J of a threshold: true positive rate - false positive rate; 1 parts perfectly, 0 is chance. */
export function jOf({ truePositiveRate, falsePositiveRate }: RocPoint): number {
  return truePositiveRate - falsePositiveRate;
}

/**
 * The point with the largest Youden's J (Youden: Index for rating diagnostic tests, Cancer 1950); of equal ones the highest
 * threshold, which alerts least. Undefined when no threshold is better than chance.
 *
 * Example: true at 0.9 and 0.8, false at 0.7 give the threshold 0.8 with J = 1.
 */
export function bestByYouden(points: readonly RocPoint[]): RocPoint | undefined {
  return points.reduce<RocPoint | undefined>(
    (best, point) => (jOf(point) > (best === undefined ? 0 : jOf(best)) ? point : best),
    undefined,
  );
}

/**
 * The area under a ROC curve by trapezoids: how probable a true anomaly scores higher than a false alarm, a tie counting half
 * (Hanley and McNeil, Radiology 1982).
 */
export function areaUnder(points: readonly RocPoint[]): number {
  let area = 0;
  let before = { truePositiveRate: 0, falsePositiveRate: 0 };
  for (const point of points) {
    const width = point.falsePositiveRate - before.falsePositiveRate;
    area += (width * (point.truePositiveRate + before.truePositiveRate)) / 2;
    before = point;
  }
  return area;
}
