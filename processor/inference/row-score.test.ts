import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rowScore } from "./row-score.ts";

describe("a row's score", () => {
  it("is the softmax's surprise at the target", () => {
    const { surprise, expected } = rowScore(Float32Array.of(0, Math.log(3)), 0);
    expect(surprise).toBeCloseTo(Math.log(4), 5);
    expect(expected.map(({ candidate }) => candidate)).toEqual([1, 0]);
    expect(expected[0]?.probability).toBeCloseTo(0.75, 5);
  });

  it("bears logits that overflow an exponential", () => {
    expect(rowScore(Float32Array.of(1000, 0), 0).surprise).toBeCloseTo(0, 5);
    expect(rowScore(Float32Array.of(-1000, 0), 0).surprise).toBeCloseTo(1000, 1);
  });

  it("names the three most probable candidates in order", () => {
    const logits = fc.float32Array({ minLength: 1, maxLength: 50, noNaN: true, min: -30, max: 30 });
    fc.assert(
      fc.property(logits, (values) => {
        const { expected, surprise } = rowScore(values, 0);
        const best = [...values].sort((a, b) => b - a).slice(0, 3);
        expect(expected.map(({ candidate }) => values[candidate])).toEqual(best);
        expect(surprise).toBeGreaterThanOrEqual(-1e-4);
      }),
    );
  });
});
