import {
  ALPHAS,
  type Comparison,
  type DecisionSpread,
  type DetectorResult,
  FALSE_ALARMS,
  HEADLINE_ALPHA,
  type ViewResult,
} from "../summarise.ts";
import { decisionsFor } from "./view-of.ts";

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
  /** Standard deviations over the seeds. */
  readonly f1Deviation: number;
  readonly auprcDeviation: number;
  /** Calibrated rows: what each promised false-positive rate came to. */
  readonly promises?: readonly JsonPromise[];
  /** Oracle rows: the highest recall with so many false alarms for a million events, and a day where the units have times. */
  readonly recallAtFalseAlarms?: readonly JsonRecall[];
  /** Calibrated row of the product's detector, where a cheap one ran too. */
  readonly againstBestCheap?: Comparison;
  /** What the detector knew beside what it was fitted on. */
  readonly origin?: string;
}

/** A promised false-positive rate and what its threshold did. */
export interface JsonPromise {
  readonly promised: number;
  readonly realised: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/** Recall with a number of false alarms. */
export interface JsonRecall {
  readonly falseAlarms: number;
  readonly per: "million events" | "day";
  readonly recall: number;
}

/** Two rows for each detector: with the threshold that its normal scores gave for 0.2 %, and with the oracle's. */
export function toJsonRows(results: readonly DetectorResult[]): readonly JsonRow[] {
  return results.flatMap((result) =>
    result.views
      .filter(({ view }) => view === "all")
      .flatMap((view) => [
        {
          ...rowOf(result, view, "calibrated", decisionsFor(view, HEADLINE_ALPHA)),
          promises: promisesOf(view),
          ...(result.againstBestCheap && { againstBestCheap: result.againstBestCheap }),
        },
        { ...rowOf(result, view, "oracle", view.oracle), recallAtFalseAlarms: recallsOf(view) },
      ]),
  );
}

function rowOf(
  { dataset, detector, seeds, origin }: DetectorResult,
  { auprc, auroc, anomalies, normals }: ViewResult,
  threshold: JsonRow["threshold"],
  decisions: DecisionSpread,
): JsonRow {
  return {
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
    f1Deviation: decisions.f1.deviation,
    auprcDeviation: auprc.deviation,
    ...(origin !== undefined && { origin }),
  };
}

function promisesOf(view: ViewResult): readonly JsonPromise[] {
  return ALPHAS.map((promised) => {
    const { falsePositiveRate, precision, recall, f1 } = decisionsFor(view, promised);
    return {
      promised,
      realised: falsePositiveRate.mean,
      precision: precision.mean,
      recall: recall.mean,
      f1: f1.mean,
    };
  });
}

function recallsOf({ recallPerMillionEvents, recallPerDay = [] }: ViewResult): readonly JsonRecall[] {
  const recalls = (spreads: typeof recallPerMillionEvents, per: JsonRecall["per"]) =>
    spreads.map(({ mean }, i): JsonRecall => ({ falseAlarms: FALSE_ALARMS[i] ?? 0, per, recall: mean }));
  return [...recalls(recallPerMillionEvents, "million events"), ...recalls(recallPerDay, "day")];
}
