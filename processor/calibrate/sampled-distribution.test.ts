import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSampledDistribution } from "./sampled-distribution.ts";

function known(values: readonly number[]) {
  const distribution = createSampledDistribution(1_000, 0.5);
  for (const value of values) distribution.learn(value);
  return distribution;
}

const values = fc.array(fc.double({ min: 0, max: 20, noNaN: true }), { minLength: 1, maxLength: 300 });
const far = fc.double({ min: 0, max: 1_000, noNaN: true });

describe("a sampled distribution", () => {
  it("is the same within the sample, however cautious", () => {
    const distribution = known(Array.from({ length: 99 }, (_, index) => index));
    for (const value of [0, 10, 50])
      expect(distribution.cautiousPValue(value)).toBe(distribution.pValue(value));
  });

  it("never claims more with caution than without, and keeps the order", () => {
    fc.assert(
      fc.property(values, far, far, (sample, a, b) => {
        const distribution = known(sample);
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        expect(distribution.cautiousPValue(high)).toBeGreaterThanOrEqual(distribution.pValue(high));
        expect(distribution.cautiousPValue(high)).toBeLessThanOrEqual(distribution.cautiousPValue(low));
      }),
    );
  });

  it("believes its tail less and less, the farther it is from the sample", () => {
    const distribution = known(Array.from({ length: 999 }, (_, index) => index / 999));
    const nats = (value: number) => -Math.log(distribution.cautiousPValue(value));
    expect(nats(20) - nats(10)).toBeLessThan(0.7 * (nats(10) - nats(2)));
    expect(nats(20)).toBeGreaterThan(nats(10));
  });
});
