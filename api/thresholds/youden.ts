import type { LabelledScore } from "../../store/store.ts";

/** Labels below which the best threshold is mostly chance. */
export const POSITIVES_MIN = 10;
export const NEGATIVES_MIN = 50;

/** A point of the ROC curve: the rates of a threshold. */
export interface RocPoint {
  readonly threshold: number;
  readonly truePositiveRate: number;
  readonly falsePositiveRate: number;
}

/**
 * The threshold with the largest Youden's J = true positive rate - false positive rate (Youden: Index for rating diagnostic
 * tests, Cancer 1950); of equal ones the highest, which alerts least. Needs labels of both kinds.
 *
 * Example: true at 0.9 and 0.8, false at 0.7 give the threshold 0.8 with J = 1.
 */
export function youden(labels: readonly Pick<LabelledScore, "score" | "isTrueAnomaly">[]): {
  readonly value: number;
  readonly j: number;
  readonly points: readonly RocPoint[];
} {
  const positives = labels.filter(({ isTrueAnomaly }) => isTrueAnomaly).length;
  const negatives = labels.length - positives;
  const thresholds = [...new Set(labels.map(({ score }) => score))].sort((a, b) => b - a);
  const points = thresholds.map((threshold): RocPoint => {
    const above = labels.filter(({ score }) => score >= threshold);
    const hits = above.filter(({ isTrueAnomaly }) => isTrueAnomaly).length;
    return {
      threshold,
      truePositiveRate: hits / Math.max(1, positives),
      falsePositiveRate: (above.length - hits) / Math.max(1, negatives),
    };
  });
  const best = points.reduce<RocPoint | undefined>(
    (a, b) => (a === undefined || jOf(b) > jOf(a) ? b : a),
    undefined,
  );
  return { value: best?.threshold ?? 1, j: best === undefined ? 0 : jOf(best), points };
}

function jOf({ truePositiveRate, falsePositiveRate }: RocPoint): number {
  return truePositiveRate - falsePositiveRate;
}
