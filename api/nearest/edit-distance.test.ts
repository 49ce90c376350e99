import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { editDistance } from "./edit-distance.ts";

const sequence = fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 12 });

describe("the edit distance of two sequences", () => {
  test.each([
    ["", "", 0],
    ["kitten", "sitting", 3],
    ["abc", "ac", 1],
    ["", "abc", 3],
    ["abcdef", "bcdefa", 2],
  ])("of %j and %j is %d", (a, b, distance) => {
    expect(editDistance([...a], [...b])).toBe(distance);
  });

  test("is zero for equal ones alone", () => {
    fc.assert(
      fc.property(sequence, sequence, (a, b) => {
        expect(editDistance(a, a)).toBe(0);
        expect(editDistance(a, b) === 0).toBe(a.join() === b.join());
      }),
    );
  });

  test("is the same from both sides, and no way round is shorter", () => {
    fc.assert(
      fc.property(sequence, sequence, sequence, (a, b, c) => {
        expect(editDistance(a, b)).toBe(editDistance(b, a));
        expect(editDistance(a, c)).toBeLessThanOrEqual(editDistance(a, b) + editDistance(b, c));
      }),
    );
  });

  test("lies between the difference of the lengths and the longer length", () => {
    fc.assert(
      fc.property(sequence, sequence, (a, b) => {
        const distance = editDistance(a, b);
        expect(distance).toBeGreaterThanOrEqual(Math.abs(a.length - b.length));
        expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length));
      }),
    );
  });
});
