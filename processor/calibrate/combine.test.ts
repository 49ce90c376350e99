import { describe, expect, it } from "vitest";
import { combine, jointStrength, sessionWeight } from "./combine.ts";

const strength = (weights: readonly number[], ...pValues: readonly number[]) =>
  jointStrength(
    pValues.map((pValue, detector) => ({ pValue, detector })),
    (detector) => weights[detector] ?? 1,
  );

const combined = (...pValues: readonly number[]) => combine(pValues);

describe("the combination of p-values", () => {
  it("is ruled by the smallest, and not thinned out by silent detectors", () => {
    expect(combined(1e-6, 1, 0.5)).toBeCloseTo(2e-6, 10);
    expect(combined(1e-6, 1, 1, 1, 1, 1)).toBeCloseTo(1e-6, 12);
  });

  it("is 1 when nobody says anything", () => {
    expect([combined(), combined(1, 1)]).toEqual([1, 1]);
  });
});

describe("the joint strength of p-values", () => {
  it("lies between the strongest alone and the sum of all", () => {
    expect(strength([], 1e-6, 1)).toBeCloseTo(-Math.log(1e-6), 6);
    expect(strength([], 1e-6, 1e-6)).toBeCloseTo(Math.cbrt(2) * -Math.log(1e-6), 6);
  });

  it("is 0 for evidence that says nothing, or none at all", () => {
    expect(strength([], 1, 1)).toBe(0);
    expect(strength([])).toBe(0);
  });

  it("hears a detector that is silent on normal sessions more than one that always speaks", () => {
    const weights = [sessionWeight(1), sessionWeight(0)];
    expect(strength(weights, 1e-4, 1)).toBeGreaterThan(2 * strength(weights, 1, 1e-4));
  });

  it("stays finite for a p-value of 0", () => {
    expect(Number.isFinite(strength([], 0))).toBe(true);
  });
});
