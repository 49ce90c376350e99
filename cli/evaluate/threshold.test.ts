import { expect, test } from "vitest";
import { createRandom } from "../generate/random.ts";
import { calibratedThreshold } from "./threshold.ts";

test("nothing can be promised without scores", () => {
  expect(() => calibratedThreshold(new Float64Array(), 0.01)).toThrow("no scores");
});

test("in a large sample the threshold is the conformal quantile", () => {
  const scores = Float64Array.from({ length: 999 }, (_, i) => 999 - i);
  expect(calibratedThreshold(scores, 0.002)).toBe(998);
  expect(calibratedThreshold(scores, 0.005)).toBe(995);
});

test("between two scores the threshold is nearer to the one whose rank is nearer", () => {
  const scores = Float64Array.from({ length: 970 }, (_, i) => i + 1);
  expect(calibratedThreshold(scores, 0.002)).toBeCloseTo(971 * 0.998, 9);
});

test.each([971, 126, 50, 19])("a threshold beyond %i scores keeps its promise on average", (size) => {
  const random = createRandom(5);
  const alpha = 0.002;
  const rates = Array.from({ length: 300 }, () => {
    const scores = Float64Array.from({ length: size }, () => random.exponential(2));
    return Math.exp(-calibratedThreshold(scores, alpha) / 2);
  }).sort((a, b) => a - b);
  const median = rates[150] ?? 0;
  expect(median).toBeGreaterThan(alpha / 3);
  expect(median).toBeLessThan(alpha * 3);
});

test("of a detector that has never spoken, whatever it says is above the threshold", () => {
  for (const size of [10, 300, 2_000])
    expect(calibratedThreshold(new Float64Array(size), 0.001)).toBeLessThan(1e-9);
});

test("a threshold beyond the sample is never below its highest score", () => {
  const scores = Float64Array.from({ length: 300 }, (_, i) => (i === 299 ? 1 : 0));
  expect(calibratedThreshold(scores, 0.001)).toBeGreaterThanOrEqual(1);
});
