import type { Label } from "../../store/label.ts";
import type { DetectorWeight } from "../../store/store.ts";
import { DETECTOR_NAMES } from "../detect/evidence.ts";
import { fitLogistic, type Ridge } from "./fit-logistic.ts";
import { P_MIN } from "./score.ts";

/** The newest labels are looked at: many more than so few weights need, and a fit of them is some milliseconds. */
const LABELS_MAX = 1_000;
/** Labels, and labels of either sort, from which weights are learned. */
const LABELS_MIN = 30;
const LABELS_OF_EACH_MIN = 5;
/** -ln p is reckoned with in units of so many nats; a smaller p-value than P_MIN counts as that. */
const UNIT_NATS = 10;
const NATS_MAX = -Math.log(P_MIN);
/** A unit of anybody's evidence is taken to make a true anomaly e times as likely until labels say otherwise. */
const COMMON: Ridge = { centre: 1, penalty: 1 };
/** What a detector's own evidence is worth beyond that is taken for nothing until some 20 labels say otherwise. */
const OWN: Ridge = { centre: 0, penalty: 5 };
/** No detector is silenced, and none decides alone. */
const WEIGHT_MIN = 0.25;
const WEIGHT_MAX = 4;

/**
 * How much each detector's word is worth, by what people said of anomalies: a logistic regression of "it was a true one" on
 * the sum of all detectors' -ln p and, beside it, on each one's own, held by an L2 penalty to where all are worth the same.
 * The p-values are the detectors' own, whatever was expected before: the weights are used on such. 1 + the own slopes, moved to a mean of 1 within 1/4 and 4, are the weights. None, so that all count alike, below 30
 * labels or 5 of either sort, of the newest 1,000. Over all services together: one service has seldom so many labels, and a detector is the same
 * program in all of them.
 *
 * @param allLabels the latest word on each anomaly, newest first
 */
export function learnDetectorWeights(allLabels: readonly Label[]): readonly DetectorWeight[] {
  const labels = allLabels.slice(0, LABELS_MAX);
  const confirmed = labels.filter(({ isTrueAnomaly }) => isTrueAnomaly).length;
  const fewest = Math.min(confirmed, labels.length - confirmed);
  if (labels.length < LABELS_MIN || fewest < LABELS_OF_EACH_MIN) return [];
  const evidence = labels.map(evidenceOf);
  const spoke = DETECTOR_NAMES.filter((name) => evidence.some((one) => one.has(name)));
  const rows = evidence.map((one) => {
    const own = spoke.map((name) => one.get(name) ?? 0);
    return [own.reduce((sum, value) => sum + value, 0), ...own];
  });
  const answers = labels.map(({ isTrueAnomaly }) => isTrueAnomaly);
  const [, ...own] = fitLogistic({ rows, answers, ridges: [COMMON, ...spoke.map(() => OWN)] }).slopes;
  const weights = withinBounds(own.map((slope) => 1 + slope));
  return spoke.map((detector, index) => ({ detector, weight: weights[index] ?? 1 }));
}

/** By detector, in units; a detector that says nothing is left out. */
function evidenceOf({ detectors }: Label): ReadonlyMap<string, number> {
  return new Map(
    detectors.map(({ detector, ownPValue }) => [
      detector,
      Math.min(NATS_MAX, -Math.log(Math.min(1, ownPValue))) / UNIT_NATS,
    ]),
  );
}

/** Halvings of the interval that holds the shift: below the last digit. */
const HALVINGS = 100;

/**
 * The nearest values (in the sense of least squares) within the bounds whose mean is 1: all moved by the same amount, and cut.
 * Example: [1.2, 0.4] becomes [1.4, 0.6].
 */
export function withinBounds(values: readonly number[]): readonly number[] {
  const moved = (shift: number) =>
    values.map((value) => Math.min(WEIGHT_MAX, Math.max(WEIGHT_MIN, value + shift)));
  let low = WEIGHT_MIN - Math.max(...values);
  let high = WEIGHT_MAX - Math.min(...values);
  for (let halving = 0; halving < HALVINGS; halving += 1) {
    const middle = (low + high) / 2;
    if (moved(middle).reduce((sum, value) => sum + value, 0) < values.length) low = middle;
    else high = middle;
  }
  return moved(high);
}
