import type { EvaluationSet, Unit } from "../../cli/evaluate/evaluation-set.ts";
import { unitWindows } from "../../cli/evaluate/logbert/unit-windows.ts";
import type { DetectorName } from "../../processor/detect/evidence.ts";
import { type Explained, judgeAndLearn } from "./explained.ts";
import { furnish, type Models } from "./rooms-under-test.ts";

const REQUEST_UNITS = 25;
/** Units have no times, so a budget a day means nothing. */
const CALIBRATE = { anomaly_threshold: 0.8 };

/** What is judged, and by which detectors; undefined: by all. */
export interface JudgedUnits {
  readonly set: EvaluationSet;
  readonly test: readonly Unit[];
  readonly detectors: readonly DetectorName[] | undefined;
}

/** What is told of some units of an evaluation set, after its training part has gone by. */
export async function explainUnits(
  { set: { name, train, templates, isSession }, test, detectors }: JudgedUnits,
  models: Models,
): Promise<readonly Explained[]> {
  const detect = detectors === undefined ? {} : { detectors };
  const rooms = furnish(models, () => 0, { calibrate: CALIBRATE, detect });
  const all: Explained[] = [];
  for (const units of [train, test])
    for (let from = 0; from < units.length; from += REQUEST_UNITS) {
      const request = units.slice(from, from + REQUEST_UNITS);
      const windows = request
        .flatMap((unit) => unitWindows(unit, templates, isSession))
        .map((window) => ({ ...window, service: name }));
      const explained = await judgeAndLearn(rooms, windows);
      if (units === test) all.push(...explained);
    }
  return all;
}
