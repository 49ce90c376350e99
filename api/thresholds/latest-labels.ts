import type { LabelledScore } from "../../store/feedback.ts";

/**
 * One label an anomaly: the one that was given last. Several people may have judged the same anomaly, and differently.
 * @param labels oldest first
 */
export function latestLabels(labels: readonly LabelledScore[]): readonly LabelledScore[] {
  return [...new Map(labels.map((label) => [label.anomalyId, label])).values()];
}
