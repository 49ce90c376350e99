import { assertNoLeak } from "./assert-no-leak.ts";
import { compareDetectors } from "./compare-detectors.ts";
import type { DetectorUnderTest, OnRun } from "./detector-under-test.ts";
import type { EvaluationSet } from "./evaluation-set.ts";
import type { ReportHead } from "./report/format-report.ts";
import { scoreDetector } from "./score-detector.ts";
import { type DecidedRun, type DetectorResult, decide, summarise } from "./summarise.ts";
import { viewsOf } from "./views.ts";

/** The figures of all detectors on one data set. */
export interface SetResult {
  readonly head: ReportHead;
  readonly results: readonly DetectorResult[];
}

/**
 * Runs every detector that the data set suits, with each seed where the seed matters, and reports when all have decided.
 *
 * @param onRun called before each run; rejects to stop
 * @throws LeakError for a data set that leaks, Error for a detector that leaves a unit without a score
 */
export async function evaluateSet(
  set: EvaluationSet,
  detectors: readonly DetectorUnderTest[],
  seeds: number,
  onRun: OnRun = async () => undefined,
): Promise<SetResult> {
  const duplicates = assertNoLeak(set);
  const runs: DecidedRun[] = [];
  for (const detector of detectors) {
    if (!detector.appliesTo(set)) continue;
    for (let seed = 1; seed <= (detector.isSeeded ? seeds : 1); seed++) {
      await onRun(detector.name, seed);
      runs.push(decide(await scoreDetector(detector, set, seed)));
    }
  }
  const { name, notes, train, test } = set;
  const truth = set.truth.open();
  const results = compareDetectors(detectors, summarise(name, viewsOf(set, truth), runs), runs, test, truth);
  return {
    head: { name, notes, trainUnits: train.length, ...duplicates },
    results: results.map((result) => {
      const origin = detectors.find((detector) => detector.name === result.detector)?.origin?.(name);
      return origin === undefined ? result : { ...result, origin };
    }),
  };
}
