import type { Exposure } from "./exposure.ts";
import {
  type Decisions,
  decisionsAbove,
  oracleDecisions,
  recallAtFalsePositives,
  recallAtRate,
} from "./metrics/confusion.ts";
import type { Difference } from "./metrics/paired-bootstrap.ts";
import { averagePrecision, type Ranking, rank, rocArea } from "./metrics/ranking.ts";
import { type Spread, spreadOf } from "./metrics/spread.ts";
import type { ScoredRun } from "./score-detector.ts";
import { calibratedThreshold } from "./threshold.ts";
import type { View, ViewName } from "./views.ts";

/** Promised false-positive rates. */
export const ALPHAS = [0.01, 0.005, 0.002, 0.001] as const;
/** The one that results are named by. */
export const HEADLINE_ALPHA = ALPHAS[2];
/** Numbers of false alarms, a day and for a million events, that recall is told at. */
export const FALSE_ALARMS = [1, 5, 20] as const;

/** Decisions as mean and deviation over seeds. */
export type DecisionSpread = { readonly [Key in keyof Decisions]: Spread };

/** How a detector did on a part of the test. */
export interface ViewResult {
  readonly view: ViewName;
  /** Units, not weights. */
  readonly anomalies: number;
  readonly normals: number;
  readonly auprc: Spread;
  readonly auroc: Spread;
  readonly oracle: DecisionSpread;
  /** Highest recall with HEADLINE_ALPHA of the normal units flagged; an oracle too. */
  readonly recallAtBudget: Spread;
  /** One for each of ALPHAS. */
  readonly calibrated: readonly DecisionSpread[];
  readonly exposure: Exposure;
  /** Highest recall with so many false alarms, one for each of FALSE_ALARMS; oracles too. */
  readonly recallPerMillionEvents: readonly Spread[];
  /** The same for a day; undefined where the units have no times. */
  readonly recallPerDay: readonly Spread[] | undefined;
}

/** The product's detector against the cheap one with the highest AUPRC on this very test. */
export interface Comparison {
  readonly baseline: string;
  /** AUPRC of the product's detector less that of the baseline. */
  readonly auprc: Difference;
}

/** How a detector did on a data set. */
export interface DetectorResult {
  readonly dataset: string;
  readonly detector: string;
  readonly seeds: number;
  readonly views: readonly ViewResult[];
  /** Of the product's detector, where a cheap one ran too. */
  readonly againstBestCheap?: Comparison;
  /** What the detector knew beside what it was fitted on. */
  readonly origin?: string;
}

/** A run with its thresholds, one for each of ALPHAS, set while the labels were sealed. */
export interface DecidedRun extends ScoredRun {
  readonly thresholds: readonly number[];
}

/** Sets a run's thresholds. */
export function decide(run: ScoredRun): DecidedRun {
  return { ...run, thresholds: ALPHAS.map((alpha) => calibratedThreshold(run.calibration, alpha)) };
}

/**
 * Compares what was decided with the truth.
 *
 * @param runs of any number of detectors and seeds, over the same units
 */
export function summarise(
  dataset: string,
  views: readonly View[],
  runs: readonly DecidedRun[],
): readonly DetectorResult[] {
  return [...Map.groupBy(runs, ({ detector }) => detector)].map(([detector, seeds]) => ({
    dataset,
    detector,
    seeds: seeds.length,
    views: views.map((view) => summariseView(view, seeds)),
  }));
}

function summariseView({ name, indexes, truth, exposure }: View, runs: readonly DecidedRun[]): ViewResult {
  const rankings = runs.map(({ scores }) => rank(scores, truth, indexes));
  const anomalies = indexes.reduce((count, unit) => count + (truth.isAnomaly[unit] ?? 0), 0);
  return {
    view: name,
    anomalies,
    normals: indexes.length - anomalies,
    auprc: spreadOf(rankings.map(averagePrecision)),
    auroc: spreadOf(rankings.map(rocArea)),
    oracle: decisionSpread(rankings.map(oracleDecisions)),
    recallAtBudget: spreadOf(rankings.map((ranking) => recallAtRate(ranking, HEADLINE_ALPHA))),
    calibrated: ALPHAS.map((_, alpha) =>
      decisionSpread(
        rankings.map((ranking, run) =>
          decisionsAbove(ranking, runs[run]?.thresholds[alpha] ?? Number.POSITIVE_INFINITY),
        ),
      ),
    ),
    exposure,
    recallPerMillionEvents: recallsAt(rankings, exposure.events / 1_000_000),
    recallPerDay: exposure.days === undefined ? undefined : recallsAt(rankings, exposure.days),
  };
}

function recallsAt(rankings: readonly Ranking[], exposure: number): readonly Spread[] {
  return FALSE_ALARMS.map((alarms) =>
    spreadOf(rankings.map((ranking) => recallAtFalsePositives(ranking, alarms * exposure))),
  );
}

function decisionSpread(decisions: readonly Decisions[]): DecisionSpread {
  const spread = (key: keyof Decisions) => spreadOf(decisions.map((one) => one[key]));
  return {
    precision: spread("precision"),
    recall: spread("recall"),
    f1: spread("f1"),
    falsePositiveRate: spread("falsePositiveRate"),
  };
}
