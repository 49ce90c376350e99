import type { Unit } from "./evaluation-set.ts";

/** One fit and the units that calibrate it. */
export interface Fold {
  readonly fit: readonly Unit[];
  readonly calibrate: readonly Unit[];
}

/** How the normal units are divided between learning and calibrating. */
export interface CalibrationPlan {
  readonly folds: readonly Fold[];
  /** The detector that is tested is fitted on all units again, as cross-validation leaves it none to test with. */
  readonly fitsWhole: boolean;
}

/** The last part of the normal units calibrates. */
const CALIBRATION_SHARE = 0.2;
/** Fewer units than these are too few to give a fifth away: their scores are cross-validated. */
const HOLD_OUT_FROM = 200;
const FOLDS = 10;

/** The last 20 % of the units calibrate; of fewer than 200 units all do, each scored by a fit on nine tenths without it. */
export function planCalibration(train: readonly Unit[]): CalibrationPlan {
  if (train.length >= HOLD_OUT_FROM) {
    const cut = Math.round(train.length * (1 - CALIBRATION_SHARE));
    return { folds: [{ fit: train.slice(0, cut), calibrate: train.slice(cut) }], fitsWhole: false };
  }
  const foldCount = Math.min(FOLDS, train.length);
  const folds = Array.from({ length: foldCount }, (_, fold) => ({
    fit: train.filter((_unit, i) => i % foldCount !== fold),
    calibrate: train.filter((_unit, i) => i % foldCount === fold),
  }));
  return { folds, fitsWhole: true };
}
