import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { softmaxSurprises } from "./softmax-surprises.ts";

describe("surprises of a row's answers", () => {
  it("are those of the softmax", () => {
    const [first, second] = softmaxSurprises(Float32Array.of(0, Math.log(3)));
    expect(first).toBeCloseTo(Math.log(4), 5);
    expect(second).toBeCloseTo(Math.log(4 / 3), 5);
  });

  it("bear logits that overflow an exponential", () => {
    const [sure, impossible] = softmaxSurprises(Float32Array.of(1000, 0));
    expect(sure).toBeCloseTo(0, 5);
    expect(impossible).toBeCloseTo(1000, 1);
  });

  it("stand for probabilities that add up to one", () => {
    const logits = fc.float32Array({ minLength: 1, maxLength: 50, noNaN: true, min: -30, max: 30 });
    fc.assert(
      fc.property(logits, (values) => {
        const total = softmaxSurprises(values).reduce((sum, surprise) => sum + Math.exp(-surprise), 0);
        expect(total).toBeCloseTo(1, 3);
      }),
    );
  });
});
