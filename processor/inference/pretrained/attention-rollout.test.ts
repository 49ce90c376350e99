import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { attentionRollout } from "./attention-rollout.ts";

const layer = (heads: number, positions: number, rows: readonly (readonly number[])[]) => ({
  data: Float32Array.from(rows.flat()),
  dims: [1, heads, positions, positions],
});

describe("attention rollout", () => {
  it("goes half through the attention and half past it", () => {
    const attention = [
      [0, 1],
      [1, 0],
    ];
    expect(attentionRollout([layer(1, 2, attention)], [1, 0])).toEqual([0.5, 0.5]);
    expect(attentionRollout([], [1, 0])).toEqual([1, 0]);
  });

  it("averages the heads, and takes the last layer first", () => {
    const stay = [
      [1, 0],
      [0, 1],
    ];
    const move = [
      [0, 1],
      [0, 1],
    ];
    expect(attentionRollout([layer(2, 2, [...stay, ...move])], [1, 0])).toEqual([0.75, 0.25]);
    expect(attentionRollout([layer(1, 2, stay), layer(1, 2, move)], [1, 0])).toEqual([0.5, 0.5]);
  });

  it("loses and makes no weight", () => {
    const row = fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(row, { minLength: 8, maxLength: 8 }), (rows) => {
        const stochastic = rows.map((values) => {
          const sum = values.reduce((total, value) => total + value, 0);
          return values.map((value) => value / sum);
        });
        const weights = attentionRollout([layer(2, 4, stochastic)], [0.25, 0.25, 0.5, 0]);
        expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 5);
      }),
    );
  });

  it("refuses another shape", () => {
    const wrong = { data: new Float32Array(9), dims: [1, 1, 3, 3] };
    expect(() => attentionRollout([wrong], [1, 0])).toThrow("1 x 1 x 3 x 3; needed is 1 x heads x 2 x 2");
  });
});
