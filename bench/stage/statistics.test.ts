import { expect, it } from "vitest";
import { flatness, linearTrend, median, quantile, spread } from "./statistics.ts";

it("a line is found with its slope, and points beside it give the slope an error", () => {
  const exact = linearTrend([0, 1, 2, 3].map((x) => ({ x, y: 5 + 2 * x })));
  expect(exact).toMatchObject({ mean: 8, slope: 2, span: 3 });
  expect(exact?.slopeError).toBeCloseTo(0);
  // y = 1, 0, 1, 0: slope -0.2, residual sum of squares 0.8, so an error of sqrt(0.8 / 2 / 5).
  const noisy = linearTrend([1, 0, 1, 0].map((y, x) => ({ x, y })));
  expect(noisy?.slope).toBeCloseTo(-0.2);
  expect(noisy?.slopeError).toBeCloseTo(Math.sqrt(0.08));
});

it("no line goes through two points or through points of one time", () => {
  expect(linearTrend([0, 1].map((x) => ({ x, y: x })))).toBeUndefined();
  expect(linearTrend([1, 2, 3].map((y) => ({ x: 1, y })))).toBeUndefined();
});

it("values are summed up by their middle and their ends", () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  expect(quantile([1, 2, 3, 4, 5], 0.5)).toBe(3);
  expect(quantile([], 0.5)).toBeNaN();
  expect(spread([3, 1, 2])).toBe("2.00 (1.00-3.00)");
  expect(spread([1234.5])).toBe("1230");
  expect(spread([Number.NaN, 1])).toBe("");
});

it.each([
  ["yes", { slope: 0.1, slopeError: 0.1 }],
  ["yes", { slope: -5, slopeError: 1 }],
  ["no", { slope: 3, slopeError: 0.2 }],
  ["unknown", { slope: 0, slopeError: 3 }],
  ["unknown", { slope: 2, slopeError: 1 }],
])("is flat: %s", (expected, { slope, slopeError }) => {
  expect(flatness({ mean: 100, slope, slopeError, span: 5 })).toBe(expected);
});
