import type { LabelledScore } from "../../store/feedback.ts";
import { areaUnder, bestByYouden, jOf, type RocPoint, rocPoints } from "./youden.ts";

/** Labels below which the best threshold is mostly chance. */
export const POSITIVES_MIN = 10;
export const NEGATIVES_MIN = 50;
/** Points of a longer curve are left out evenly. */
export const POINTS_MAX = 500;

/** A threshold to use, or why there is none. */
export interface Proposal {
  readonly value: number | null;
  readonly youdensJ: number | null;
  readonly points: readonly RocPoint[];
  readonly message: string;
  /** Area under the ROC curve; null while there is no curve. */
  readonly auc: number | null;
  readonly confirmed: number;
  readonly expected: number;
}

/**
 * Proposes the threshold that best parts what people called true from what they called false.
 * @param labels one an anomaly
 */
export function proposeThreshold(labels: readonly LabelledScore[]): Proposal {
  const positives = labels.filter(({ isTrueAnomaly }) => isTrueAnomaly).length;
  const negatives = labels.length - positives;
  const counts = { confirmed: positives, expected: negatives };
  if (positives < POSITIVES_MIN || negatives < NEGATIVES_MIN)
    return {
      value: null,
      youdensJ: null,
      points: [],
      auc: null,
      ...counts,
      message: `Too little feedback: ${positives} of ${POSITIVES_MIN} true anomalies and ${negatives} of ${NEGATIVES_MIN} false alarms.`,
    };
  const points = rocPoints(labels);
  const best = bestByYouden(points);
  const basis = `${positives} true anomalies and ${negatives} false alarms`;
  if (best === undefined)
    return {
      value: null,
      youdensJ: 0,
      points: thinned(points, undefined),
      auc: areaUnder(points),
      ...counts,
      message: `Over ${basis}, no threshold tells them apart better than chance: their scores do not differ.`,
    };
  return {
    value: best.threshold,
    youdensJ: jOf(best),
    points: thinned(points, best),
    auc: areaUnder(points),
    ...counts,
    message: `Best over ${basis}. Youden's J weighs both errors alike, however rare anomalies are: look at the alerts a day before you use it.`,
  };
}

function thinned(points: readonly RocPoint[], best: RocPoint | undefined): readonly RocPoint[] {
  const step = Math.ceil(points.length / POINTS_MAX);
  return points.filter((point, index) => index % step === 0 || point === best || index === points.length - 1);
}
