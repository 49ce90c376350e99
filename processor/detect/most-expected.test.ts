import fc from "fast-check";
import { expect, it } from "vitest";
import { mostExpected } from "./most-expected.ts";

it("names the three most probable answers in order", () => {
  fc.assert(
    fc.property(
      fc.float32Array({ minLength: 1, maxLength: 50, noNaN: true, min: 0, max: 60 }),
      (surprises) => {
        const best = [...surprises].sort((a, b) => a - b).slice(0, 3);
        const expected = mostExpected(surprises);
        expect(expected.map(({ answer }) => surprises[answer])).toEqual(best);
        expect(new Set(expected.map(({ answer }) => answer)).size).toBe(best.length);
      },
    ),
  );
});

it("tells their probabilities", () => {
  const [first, second, ...rest] = mostExpected(Float32Array.of(Math.log(4), Math.log(4 / 3)));
  expect(first?.answer).toBe(1);
  expect(first?.probability).toBeCloseTo(0.75, 5);
  expect(second?.probability).toBeCloseTo(0.25, 5);
  expect(rest).toEqual([]);
});
