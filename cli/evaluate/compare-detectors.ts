import { createRandom } from "../generate/random.ts";
import type { DetectorUnderTest } from "./detector-under-test.ts";
import type { Unit } from "./evaluation-set.ts";
import { blocksOf } from "./metrics/blocks.ts";
import { pairedBootstrap } from "./metrics/paired-bootstrap.ts";
import type { ScoredRun } from "./score-detector.ts";
import type { DetectorResult } from "./summarise.ts";
import type { Truth } from "./truth.ts";

/** One draw of blocks for every comparison. */
const BOOTSTRAP_SEED = 1;

/**
 * The results with those of the product's detectors compared with the best cheap one: it is chosen on the test, which is in
 * its favour.
 *
 * @param runs that the results sum up
 */
export function compareDetectors(
  detectors: readonly DetectorUnderTest[],
  results: readonly DetectorResult[],
  runs: readonly ScoredRun[],
  test: readonly Unit[],
  truth: Truth,
): readonly DetectorResult[] {
  const roleOf = new Map(detectors.map(({ name, role }) => [name, role ?? "cheap"]));
  const areaOf = ({ views }: DetectorResult) => views[0]?.auprc.mean ?? 0;
  const [best] = results
    .filter(({ detector }) => roleOf.get(detector) === "cheap")
    .toSorted((a, b) => areaOf(b) - areaOf(a));
  if (best === undefined) return results;
  const blocks = blocksOf(test);
  const scoresOf = (name: string) =>
    runs.filter(({ detector }) => detector === name).map(({ scores }) => scores);
  return results.map((result) => {
    if (roleOf.get(result.detector) !== "product") return result;
    const paired = { scores: scoresOf(result.detector), others: scoresOf(best.detector) };
    const auprc = pairedBootstrap(paired, truth, blocks, createRandom(BOOTSTRAP_SEED));
    return { ...result, againstBestCheap: { baseline: best.detector, auprc } };
  });
}
