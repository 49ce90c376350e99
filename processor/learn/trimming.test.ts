import { expect, it } from "vitest";
import { averageDecay, learningRate, moveAverage } from "./schedule.ts";
import { trimmedUnits } from "./trimming.ts";

it("leaves out the one percent of the highest loss, and nothing of what is few", () => {
  const losses = Float32Array.from({ length: 1_000 }, (_, i) => (i * 37) % 1_000);
  const trimmed = trimmedUnits(losses);
  const left = [...trimmed.keys()].filter((unit) => trimmed[unit] === 1);
  expect(left.map((unit) => losses[unit]).every((loss) => (loss ?? 0) > 989)).toBe(true);
  expect(left.length).toBeGreaterThanOrEqual(9);
  expect(left.length).toBeLessThanOrEqual(10);
  expect(trimmedUnits(Float32Array.of(1, 2, 3)).every((one) => one === 0)).toBe(true);
});

it("knows nothing of units without a loss", () => {
  const losses = new Float32Array(500).fill(Number.NaN);
  losses[7] = 100;
  expect(trimmedUnits(losses).every((one) => one === 0)).toBe(true);
});

it("the learning rate rises to its peak and falls to nearly nothing", () => {
  const rates = Array.from({ length: 1_000 }, (_, i) => learningRate(1, i + 1, 1_000));
  expect(rates[0]).toBeCloseTo(0.01, 3);
  expect(Math.max(...rates)).toBeGreaterThan(0.95);
  expect(rates.at(-1)).toBeLessThan(1e-4);
  expect(learningRate(1, 1, 1)).toBeGreaterThan(0);
});

it("the moving average begins with the first value and lags by at most 500 steps", () => {
  expect(averageDecay(0)).toBe(0);
  expect(averageDecay(1_000_000)).toBe(0.998);
  const average = Float32Array.of(10);
  moveAverage(average, Float32Array.of(20), 0.5);
  expect(average[0]).toBe(15);
});
