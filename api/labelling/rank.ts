import type { LabellingCandidate } from "../../store/feedback.ts";

/** A record to label. */
export interface Ranked {
  readonly id: string;
  /** How much its label would teach, 0 to 1. */
  readonly value: number;
  /** What is unlabelled of the same service and template, itself included. */
  readonly similar: number;
}

/** How many labels a template of a service has. */
export type LabelsOf = (candidate: LabellingCandidate) => number;

/**
 * Candidates in the order in which a label teaches the most: uncertainty sampling (Lewis and Gale, SIGIR 1994). The nearer to the
 * threshold, the less certain; of each service and template only the least certain one is listed, because its label is about the
 * others as well, and what has labels already teaches less with each.
 *
 * @param candidates of each kind the newest first; of equals the newest is listed
 */
export function rankCandidates(
  candidates: readonly LabellingCandidate[],
  labelsOf: LabelsOf,
): readonly Ranked[] {
  const kinds = Map.groupBy(candidates, ({ service, templateId }) => `${service}\0${templateId}`);
  const ranked = [...kinds.values()].map((same): Ranked => {
    const closest = same.reduce((best, one) => (uncertainty(one) > uncertainty(best) ? one : best));
    return {
      id: closest.id,
      value: uncertainty(closest) / (1 + labelsOf(closest)),
      similar: closest.similar,
    };
  });
  return ranked.sort((a, b) => b.value - a.value || (a.id < b.id ? 1 : -1));
}

/** The smallest p-value that a score stands for. */
const P_MIN = 1e-9;

/**
 * 1 on the threshold, half of it where the record is ten times as rare as one there, or as common. A score is 1 - p^(1/4), so that is
 * a distance of -log10 p.
 */
export function uncertainty({ score, threshold }: Pick<LabellingCandidate, "score" | "threshold">): number {
  return 2 ** -Math.abs(rarity(score) - rarity(threshold));
}

function rarity(score: number): number {
  return -Math.log10(Math.max(P_MIN, (1 - Math.min(1, Math.max(0, score))) ** 4));
}
