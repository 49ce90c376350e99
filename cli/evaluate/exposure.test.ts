import { expect, test } from "vitest";
import type { Unit } from "./evaluation-set.ts";
import { exposureOf } from "./exposure.ts";

const source = { file: "f", fromLine: 1, toLine: 1 };
const unit = (...timesMs: readonly number[]): Unit => ({ events: timesMs.map(() => 0), timesMs, source });
const HOUR_MS = 3_600_000;
const all = (units: readonly Unit[]) => Uint32Array.from(units.keys());

test("events count as often as their unit does", () => {
  const units: Unit[] = [
    { events: [1, 2, 3], source },
    { events: [1], source },
  ];
  expect(exposureOf(units, all(units), Float64Array.of(2, 5))).toEqual({ events: 11, days: undefined });
  expect(exposureOf(units, Uint32Array.of(1), Float64Array.of(2, 5)).events).toBe(5);
});

test("time that two streams cover together counts once", () => {
  const units = [unit(0, HOUR_MS), unit(0, HOUR_MS), unit(HOUR_MS / 2, 2 * HOUR_MS)];
  expect(exposureOf(units, all(units), Float64Array.of(1, 1, 1)).days).toBeCloseTo(2 / 24, 12);
});

test("a short silence was watched, a break between recordings was not", () => {
  const units = [unit(24 * HOUR_MS, 24 * HOUR_MS + 1_000), unit(0, 1_000), unit(31_000, 32_000)];
  expect(exposureOf(units, all(units), Float64Array.of(1, 1, 1)).days).toBeCloseTo(33_000 / 86_400_000, 12);
});

test("where a unit has no times there are no days", () => {
  const units = [unit(0, HOUR_MS), { events: [1], source }];
  expect(exposureOf(units, all(units), Float64Array.of(1, 1)).days).toBeUndefined();
  expect(exposureOf([], new Uint32Array(), new Float64Array()).days).toBeUndefined();
});
