import type { EvaluationSet, Unit } from "../evaluation-set.ts";
import { sealTruth } from "../truth.ts";

/** Collects the units of a data set and keeps their labels apart. */
export interface SetBuilder {
  addTrain(unit: Unit): void;
  /** @param weight how many units of the full data set it stands for */
  addTest(unit: Unit, isAnomaly: boolean, weight?: number): void;
  build(parts: Pick<EvaluationSet, "name" | "templates" | "isSession" | "notes">): EvaluationSet;
}

/** An empty builder. */
export function createSetBuilder(): SetBuilder {
  const train: Unit[] = [];
  const test: Unit[] = [];
  const labels: boolean[] = [];
  const weights: number[] = [];
  return {
    addTrain(unit) {
      train.push(unit);
    },
    addTest(unit, isAnomaly, weight = 1) {
      test.push(unit);
      labels.push(isAnomaly);
      weights.push(weight);
    },
    build: (parts) => ({ ...parts, train, test, truth: sealTruth(labels, weights) }),
  };
}
