import { expect, test } from "vitest";
import { curveHeight, toCurve } from "./alert-curve.ts";

test("the curve's points come from the aliases, in order", () => {
  expect(toCurve({ at975: { alerts: 0 }, at500: { alerts: 90 }, at850: { alerts: 7 } })).toEqual([
    { threshold: 0.5, alerts: 90 },
    { threshold: 0.85, alerts: 7 },
    { threshold: 0.975, alerts: 0 },
  ]);
});

test("heights lie between 0 and 1, and one alert is seen beside a million", () => {
  expect(curveHeight(0, 0)).toBe(0);
  expect(curveHeight(0, 1e6)).toBe(0);
  expect(curveHeight(1, 1e6)).toBeGreaterThan(0.04);
  expect(curveHeight(1e6, 1e6)).toBe(1);
});
