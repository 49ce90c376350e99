import type { Ranking, RankingStep } from "./ranking.ts";

/** How good the decisions at one threshold are. Precision is 0 where nothing is flagged. */
export interface Decisions {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly falsePositiveRate: number;
}

const NOTHING = { score: Number.POSITIVE_INFINITY, truePositives: 0, falsePositives: 0 };

/** The decisions when every unit with a score above the threshold is flagged. */
export function decisionsAbove(ranking: Ranking, threshold: number): Decisions {
  return decisionsOf(ranking, ranking.steps.findLast(({ score }) => score > threshold) ?? NOTHING);
}

/** The decisions of the threshold with the best F1 on the labels: an oracle, for comparison with papers that search it so. */
export function oracleDecisions(ranking: Ranking): Decisions {
  let best = decisionsOf(ranking, NOTHING);
  for (const step of ranking.steps) {
    const decisions = decisionsOf(ranking, step);
    if (decisions.f1 > best.f1) best = decisions;
  }
  return best;
}

/** Highest recall with a false-positive rate of at most `rate`. */
export function recallAtRate(ranking: Ranking, rate: number): number {
  return recallAtFalsePositives(ranking, rate * ranking.normals);
}

/** Highest recall with at most so many false positives, by weight: the threshold is an oracle's. */
export function recallAtFalsePositives(ranking: Ranking, falsePositivesMax: number): number {
  const step = ranking.steps.findLast(({ falsePositives }) => falsePositives <= falsePositivesMax);
  return decisionsOf(ranking, step ?? NOTHING).recall;
}

function decisionsOf(
  { anomalies, normals }: Ranking,
  { truePositives, falsePositives }: RankingStep,
): Decisions {
  const flagged = truePositives + falsePositives;
  return {
    precision: flagged === 0 ? 0 : truePositives / flagged,
    recall: anomalies === 0 ? 0 : truePositives / anomalies,
    f1: truePositives === 0 ? 0 : (2 * truePositives) / (flagged + anomalies),
    falsePositiveRate: normals === 0 ? 0 : falsePositives / normals,
  };
}
