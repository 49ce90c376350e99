import { expect, test } from "vitest";
import { planCalibration } from "./calibration-plan.ts";

const unitsOf = (count: number) =>
  Array.from({ length: count }, (_, i) => ({
    events: [i],
    source: { file: "f", fromLine: i + 1, toLine: i + 1 },
  }));

test("the last fifth of many units calibrates and teaches nothing", () => {
  const train = unitsOf(1_000);
  const { folds, fitsWhole } = planCalibration(train);
  expect(fitsWhole).toBe(false);
  expect(folds).toEqual([{ fit: train.slice(0, 800), calibrate: train.slice(800) }]);
});

test.each([2, 19, 50, 199])("each of %i units is scored once, by a fit without it", (count) => {
  const train = unitsOf(count);
  const { folds, fitsWhole } = planCalibration(train);
  expect(fitsWhole).toBe(true);
  const calibrated = folds.flatMap(({ calibrate }) => calibrate);
  expect(new Set(calibrated)).toEqual(new Set(train));
  expect(calibrated).toHaveLength(count);
  for (const { fit, calibrate } of folds) {
    expect(fit.filter((unit) => calibrate.includes(unit))).toEqual([]);
    expect(fit.length + calibrate.length).toBe(count);
  }
});
