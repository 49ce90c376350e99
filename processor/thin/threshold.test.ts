import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  ALWAYS,
  adjustedCount,
  passes,
  readRandomness,
  readThreshold,
  thresholdOf,
  thresholdText,
} from "./threshold.ts";

const anyRandomness = fc
  .bigInt({ min: 0n, max: 2n ** 56n - 1n })
  .map((value) => value.toString(16).padStart(14, "0"));

describe("a threshold", () => {
  it("takes what is no threshold and no randomness for none", () => {
    for (const value of ["", "g", "123456789abcdef", " c", undefined, 12, null])
      expect(readThreshold(value)).toBeUndefined();
    for (const value of ["9b8233f7e3a15", "9b8233f7e3a1511", "9b8233f7e3a15x", 3, undefined])
      expect(readRandomness(value)).toBeUndefined();
  });

  // As pkg/sampling v0.159.0 of the Collector prints them (ProbabilityToThresholdWithPrecision, 4 digits).
  it.each([
    [1, "0"],
    [0.5, "8"],
    [0.25, "c"],
    [0.125, "e"],
    [0.1, "e666"],
    [0.01, "fd70a"],
    [0.001, "ffbe77"],
    [0.99, "028f6"],
    [1 / 3, "aaab"],
    [2 / 3, "5555"],
    [0.05, "f3333"],
    [0.9375, "1"],
    [0.9, "199a"],
    [0.999999, "000010c7"],
    [0.000001, "ffffef39"],
  ])("of a share is the one that the Collector's sampler writes: %d is %s", (share, text) => {
    expect(thresholdText(thresholdOf(share) ?? "")).toBe(text);
  });

  it("is passed by nothing where the share is 0, and by everything where it is 1", () => {
    expect(thresholdOf(0)).toBeUndefined();
    expect(thresholdOf(1)).toBe(ALWAYS);
    expect(passes(ALWAYS, "0".repeat(14))).toBe(true);
  });

  it("is read as it was written, and one that passed stands for as many as were drawn from", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1, noNaN: true }), (share) => {
        const threshold = thresholdOf(share) ?? "";
        expect(readThreshold(thresholdText(threshold))).toBe(threshold);
        expect(adjustedCount(threshold) * share).toBeCloseTo(1, 3);
      }),
    );
  });

  it("that is smaller is passed by everything that passes a larger one", () => {
    fc.assert(
      fc.property(anyRandomness, fc.double({ min: 1e-6, max: 1, noNaN: true }), (randomness, share) => {
        const [small, large] = [thresholdOf(share) ?? "", thresholdOf(share / 2) ?? ""];
        expect(large >= small).toBe(true);
        if (passes(large, randomness)) expect(passes(small, randomness)).toBe(true);
        expect(passes(small, randomness)).toBe(BigInt(`0x${small}`) <= BigInt(`0x${randomness}`));
      }),
    );
  });
});
