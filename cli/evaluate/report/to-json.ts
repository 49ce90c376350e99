import { ALPHAS, type DecisionSpread, type DetectorResult, HEADLINE_ALPHA } from "../summarise.ts";

/** A row of `logbert evaluate --json`: means over the seeds, over all units of the test. */
export interface JsonRow {
  readonly dataset: string;
  readonly detector: string;
  readonly threshold: "calibrated" | "oracle";
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly auprc: number;
  readonly auroc: number;
  readonly falsePositiveRate: number;
  readonly anomalies: number;
  readonly normals: number;
  readonly seeds: number;
}

/** Two rows for each detector: with the threshold that its normal scores gave for 0.2 %, and with the oracle's. */
export function toJsonRows(results: readonly DetectorResult[]): readonly JsonRow[] {
  return results.flatMap(({ dataset, detector, seeds, views }) =>
    views
      .filter(({ view }) => view === "all")
      .flatMap(({ auprc, auroc, anomalies, normals, oracle, calibrated }) => {
        const row = (threshold: JsonRow["threshold"], decisions: DecisionSpread): JsonRow => ({
          dataset,
          detector,
          threshold,
          precision: decisions.precision.mean,
          recall: decisions.recall.mean,
          f1: decisions.f1.mean,
          auprc: auprc.mean,
          auroc: auroc.mean,
          falsePositiveRate: decisions.falsePositiveRate.mean,
          anomalies,
          normals,
          seeds,
        });
        const headline = calibrated[ALPHAS.indexOf(HEADLINE_ALPHA)];
        return [...(headline === undefined ? [] : [row("calibrated", headline)]), row("oracle", oracle)];
      }),
  );
}
