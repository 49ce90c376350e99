import type { Truth } from "../truth.ts";

/** Everything that is flagged when the threshold lies just below `score`: units of equal score come together. */
export interface RankingStep {
  readonly score: number;
  /** Weights of the anomalies and of the normal units with this score or a higher one. */
  readonly truePositives: number;
  readonly falsePositives: number;
}

/** Test units by score, highest first, as far as a metric can tell them apart. */
export interface Ranking {
  readonly steps: readonly RankingStep[];
  /** Weight of all anomalies and of all normal units. */
  readonly anomalies: number;
  readonly normals: number;
}

/**
 * Ranks scored units against the truth.
 *
 * @param indexes the units that count; all by default
 * @throws Error when the number of scores is not the number of units
 */
export function rank(scores: Float64Array, truth: Truth, indexes?: Uint32Array): Ranking {
  if (scores.length !== truth.isAnomaly.length)
    throw new Error(`${truth.isAnomaly.length} units came in and ${scores.length} were scored`);
  const order = (indexes ?? Uint32Array.from(scores.keys()))
    .slice()
    .sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0));
  const steps: RankingStep[] = [];
  let [truePositives, falsePositives] = [0, 0];
  for (const [place, unit] of order.entries()) {
    const weight = truth.weights[unit] ?? 0;
    if (truth.isAnomaly[unit] === 1) truePositives += weight;
    else falsePositives += weight;
    const score = scores[unit] ?? 0;
    const next = order[place + 1];
    const isLastOfScore = next === undefined || scores[next] !== score;
    if (isLastOfScore) steps.push({ score, truePositives, falsePositives });
  }
  return { steps, anomalies: truePositives, normals: falsePositives };
}

/** Area under precision and recall as average precision: sum of (recall gained) * precision; ties are one step. */
export function averagePrecision({ steps, anomalies }: Ranking): number {
  let [area, before] = [0, 0];
  for (const { truePositives, falsePositives } of steps) {
    const flagged = truePositives + falsePositives;
    if (flagged > 0) area += ((truePositives - before) / anomalies) * (truePositives / flagged);
    before = truePositives;
  }
  return area;
}

/** Area under the receiver operating characteristic by trapezoids; the chance that an anomaly ranks above a normal unit. */
export function rocArea({ steps, anomalies, normals }: Ranking): number {
  let [area, trueBefore, falseBefore] = [0, 0, 0];
  for (const { truePositives, falsePositives } of steps) {
    area += ((falsePositives - falseBefore) * (truePositives + trueBefore)) / 2;
    [trueBefore, falseBefore] = [truePositives, falsePositives];
  }
  return area / (anomalies * normals);
}
