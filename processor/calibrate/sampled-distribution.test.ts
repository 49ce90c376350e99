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

  it("keeps the order, cautious or not", () => {
    fc.assert(
      fc.property(values, far, far, (sample, a, b) => {
        const distribution = known(sample);
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        expect(distribution.pValue(high)).toBeLessThanOrEqual(distribution.pValue(low));
        expect(distribution.cautiousPValue(high)).toBeLessThanOrEqual(distribution.cautiousPValue(low));
      }),
    );
  });

  it("is the same after a restart, whenever it was asked before", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 800 }), far, (learned, asked) => {
        const lasting = createSampledDistribution(256, 0.5);
        for (let i = 0; i < learned; i++) {
          lasting.learn((i * 0.618) % (1 + i / 100));
          lasting.pValue(asked);
        }
        const restarted = createSampledDistribution(256, 0.5, JSON.parse(JSON.stringify(lasting.snapshot())));
        expect(restarted.pValue(asked)).toBe(lasting.pValue(asked));
        expect(restarted.cautiousPValue(asked)).toBe(lasting.cautiousPValue(asked));
      }),
    );
  });

  it("believes a tail less that is known from few values", () => {
    const sampleOf = (size: number) =>
      known(Array.from({ length: size }, (_, i) => -Math.log((i + 1) / (size + 1))));
    expect(sampleOf(100).pValue(20)).toBeGreaterThan(100 * sampleOf(1_000).pValue(20));
    expect(sampleOf(1_000).pValue(20)).toBeLessThan(1e-6);
  });

  it("believes its tail less and less, the farther it is from the sample", () => {
    const distribution = known(Array.from({ length: 999 }, (_, index) => index / 999));
    const nats = (value: number) => -Math.log(distribution.cautiousPValue(value));
    expect(nats(20) - nats(10)).toBeLessThan(0.7 * (nats(10) - nats(2)));
    expect(nats(20)).toBeGreaterThan(nats(10));
  });
});
