import { createRandom } from "../../generate/random.ts";
import { assertNoLeak } from "../assert-no-leak.ts";
import type { DetectorUnderTest, OnRun } from "../detector-under-test.ts";
import type { EvaluationSet, Unit } from "../evaluation-set.ts";
import { fitAndCalibrate, scoreAll } from "../score-detector.ts";
import { type DecidedRun, type DetectorResult, decide, summarise } from "../summarise.ts";
import { viewsOf } from "../views.ts";
import { addUnseenTemplates } from "./add-unseen-templates.ts";
import { disturbParser } from "./disturb-parser.ts";
import { editSequences } from "./edit-sequences.ts";
import { editTemplates } from "./edit-templates.ts";
import type { Perturbation } from "./perturbation.ts";
import { tripleLoad } from "./triple-load.ts";

/** Shares of the units, or for parser noise of the templates, that are changed. */
export const SHARES = [0.05, 0.1, 0.2, 0.3] as const;

export const PERTURBATIONS: Readonly<Record<string, Perturbation>> = {
  "edited templates": editTemplates,
  "edited sequences": editSequences,
  "unseen benign templates": addUnseenTemplates,
  "parser noise": disturbParser,
  "triple load": tripleLoad,
};
/** What changes nothing in units without times. */
const NEEDS_TIMES: readonly string[] = ["triple load"];

/** The test as it is, or changed by a share. */
export interface Variant {
  /** Undefined for the test as it is. */
  readonly perturbation: string | undefined;
  readonly share: number;
  readonly results: readonly DetectorResult[];
}

/**
 * Detectors and thresholds as in the main table, on tests that have changed since training (MODEL: LogRobust's protocol).
 *
 * @param onRun called before each run; rejects to stop
 * @throws as evaluateSet
 */
export async function evaluateRobustness(
  set: EvaluationSet,
  detectors: readonly DetectorUnderTest[],
  seeds: number,
  onRun: OnRun = async () => undefined,
): Promise<readonly Variant[]> {
  assertNoLeak(set);
  const kinds = [{ perturbation: undefined, share: 0 }, ...changesOf(set)];
  const runs = kinds.map((): DecidedRun[] => []);
  for (let seed = 1; seed <= seeds; seed++) {
    const tests = kinds.map((kind) => perturb(set, kind, seed));
    for (const detector of detectors.filter((one) => one.appliesTo(set))) {
      await onRun(detector.name, seed);
      const context = { set: set.name, templates: set.templates, isSession: set.isSession, seed };
      const { scorer, calibration } = await fitAndCalibrate(detector, set.train, context);
      for (const [kind, { units, templates }] of tests.entries()) {
        const scores = await scoreAll(detector.name, scorer, units, templates);
        runs[kind]?.push(decide({ detector: detector.name, seed, scores, calibration }));
      }
      await scorer.close?.();
    }
  }
  const [all] = viewsOf(set, set.truth.open());
  return kinds.map((kind, i) => ({
    ...kind,
    results: summarise(nameOf(set, kind), all === undefined ? [] : [all], runs[i] ?? []),
  }));
}

interface Change {
  readonly perturbation: string | undefined;
  readonly share: number;
}

function changesOf({ test }: EvaluationSet): readonly Change[] {
  const isTimed = test.every(({ timesMs }) => timesMs !== undefined);
  return Object.keys(PERTURBATIONS)
    .filter((perturbation) => isTimed || !NEEDS_TIMES.includes(perturbation))
    .flatMap((perturbation) => SHARES.map((share) => ({ perturbation, share })));
}

function perturb(set: EvaluationSet, { perturbation, share }: Change, seed: number) {
  const change = PERTURBATIONS[perturbation ?? ""];
  if (change === undefined) return { units: set.test, templates: set.templates };
  const { units, templates } = change(set.test, set.templates, share, createRandom(seed));
  return { units: shareSequences(units), templates };
}

/** Gives units of the same sequence the same array again, so that it is scored once. */
function shareSequences(units: readonly Unit[]): readonly Unit[] {
  const known = new Map<string, readonly number[]>();
  return units.map((unit) => {
    const key = unit.events.join(" ");
    const events = known.get(key) ?? unit.events;
    known.set(key, events);
    return { ...unit, events };
  });
}

function nameOf(set: EvaluationSet, { perturbation, share }: Change): string {
  return perturbation === undefined ? set.name : `${set.name}, ${perturbation} ${Math.round(share * 100)} %`;
}
