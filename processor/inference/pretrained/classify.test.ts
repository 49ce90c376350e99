import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { classifierScore, marginsOf } from "./classify.ts";

const output = (rows: readonly (readonly number[])[]) => ({
  data: Float32Array.from(rows.flat()),
  dims: [rows.length, rows[0]?.length ?? 0],
});
const logit = fc.integer({ min: -30, max: 30 });

describe("a classifier's score", () => {
  it("is the softmax's probability of the anomaly label", () => {
    fc.assert(
      fc.property(fc.array(logit, { minLength: 3, maxLength: 3 }), fc.nat(2), (logits, anomalyLabel) => {
        const [margin = 0] = marginsOf(output([logits]), { labels: 3, anomalyLabel, isMultiLabel: false });
        const highest = Math.max(...logits);
        const total = logits.reduce((sum, value) => sum + Math.exp(value - highest), 0);
        const softmax = Math.exp((logits[anomalyLabel] ?? 0) - highest) / total;
        expect(classifierScore(margin).probability).toBeCloseTo(softmax, 10);
      }),
    );
  });

  it("is each label's own probability where labels do not exclude each other", () => {
    const margins = marginsOf(
      output([
        [5, 0],
        [5, Math.log(3)],
      ]),
      { labels: 2, anomalyLabel: 1, isMultiLabel: true },
    );
    expect(margins.map((margin) => classifierScore(margin).probability)).toEqual([0.5, expect.closeTo(0.75)]);
  });

  it("has a surprise of -ln(1 - p) that grows on where p is 1 already", () => {
    expect(classifierScore(0).surprise).toBeCloseTo(Math.LN2, 10);
    expect(classifierScore(-800)).toEqual({ probability: 0, surprise: 0 });
    expect(classifierScore(800)).toEqual({ probability: 1, surprise: 800 });
  });

  it("is refused when the logits are not one a label", () => {
    expect(() => marginsOf(output([[1, 2, 3]]), { labels: 2, anomalyLabel: 1, isMultiLabel: false })).toThrow(
      "1 x 3, but config.json names 2 labels",
    );
  });
});
