import { describe, expect, it } from "vitest";
import { jointStrength, sessionWeight } from "./combine.ts";

const strength = (weights: readonly number[], ...pValues: readonly number[]) =>
  jointStrength(
    pValues.map((pValue, detector) => ({ pValue, detector })),
    (detector) => weights[detector] ?? 1,
  );

describe("the joint strength of p-values", () => {
  it("lies between the strongest alone and the sum of all", () => {
    expect(strength([], 1e-6, 1)).toBeCloseTo(-Math.log(1e-6), 6);
    expect(strength([], 1e-6, 1e-6)).toBeCloseTo(Math.SQRT2 * -Math.log(1e-6), 6);
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
