import { assertNoLeak } from "./assert-no-leak.ts";
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
  const { name, notes, train } = set;
  return {
    head: { name, notes, trainUnits: train.length, ...duplicates },
    results: summarise(name, viewsOf(set, set.truth.open()), runs),
  };
}
