import { createRandom } from "../../generate/random.ts";
import { assertNoLeak } from "../assert-no-leak.ts";
import type { DetectorUnderTest, OnRun } from "../detector-under-test.ts";
import type { EvaluationSet, Unit } from "../evaluation-set.ts";
import { scoreDetector } from "../score-detector.ts";
import { type DecidedRun, type DetectorResult, decide, summarise } from "../summarise.ts";
import { viewsOf } from "../views.ts";
import { contaminate } from "./contaminate.ts";

/** Shares of the normal units that are replaced by anomalies; rounded up to whole units. */
export const CONTAMINATIONS = [0, 0.01, 0.02] as const;
/** The same anomalies are held back for every detector, seed and share. */
const HOLD_BACK_SEED = 1;

/** Detectors that were trained and calibrated with anomalies among the normal units. */
export interface Contaminated {
  readonly share: number;
  /** Units that were replaced. */
  readonly replaced: number;
  readonly results: readonly DetectorResult[];
}

/**
 * Contaminated training (MODEL 5.1): a part of the units that a detector learns from and is calibrated with are anomalies
 * that nobody has noticed. They are held back from the test, which is the same for every share.
 *
 * @param onRun called before each run; rejects to stop
 * @throws as evaluateSet; Error for a set with too few anomalies to hold some back
 */
export async function evaluateContamination(
  set: EvaluationSet,
  detectors: readonly DetectorUnderTest[],
  seeds: number,
  onRun: OnRun = async () => undefined,
): Promise<readonly Contaminated[]> {
  assertNoLeak(set);
  const replacedBy = (share: number) => Math.ceil(share * set.train.length);
  const { anomalies, kept, truth } = set.truth.holdBack(
    replacedBy(Math.max(...CONTAMINATIONS)),
    HOLD_BACK_SEED,
  );
  const unitsAt = (indexes: Uint32Array): readonly Unit[] =>
    [...indexes].flatMap((unit) => set.test[unit] ?? []);
  const heldBack = unitsAt(anomalies);
  const clean: EvaluationSet = { ...set, test: unitsAt(kept), truth };
  const runs = CONTAMINATIONS.map((): DecidedRun[] => []);
  for (const detector of detectors.filter((one) => one.appliesTo(set))) {
    for (let seed = 1; seed <= seeds; seed++) {
      await onRun(detector.name, seed);
      for (const [i, share] of CONTAMINATIONS.entries()) {
        const others = heldBack.slice(0, replacedBy(share));
        const train = contaminate(set.train, others, createRandom(seed));
        const contaminated = { ...clean, train };
        assertNoLeak(contaminated);
        runs[i]?.push(decide(await scoreDetector(detector, contaminated, seed)));
      }
    }
  }
  const [all] = viewsOf(clean, truth.open());
  return CONTAMINATIONS.map((share, i) => ({
    share,
    replaced: replacedBy(share),
    results: summarise(
      share === 0 ? set.name : `${set.name}, ${share * 100} % of the training anomalous`,
      all === undefined ? [] : [all],
      runs[i] ?? [],
    ),
  }));
}
