import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { editDistance } from "./edit-distance.ts";

const numbers = (letters: string) => Int32Array.from([...letters], (letter) => letter.charCodeAt(0));
const sequence = fc.string({ unit: fc.constantFrom("a", "b", "c", "d"), maxLength: 12 }).map(numbers);

describe("the edit distance of two sequences", () => {
  test.each([
    ["", "", 0],
    ["kitten", "sitting", 3],
    ["abc", "ac", 1],
    ["", "abc", 3],
    ["abcdef", "bcdefa", 2],
  ])("of %j and %j is %d", (a, b, distance) => {
    expect(editDistance(numbers(a), numbers(b))).toBe(distance);
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

  test("is told as above what was asked for, where it is", () => {
    fc.assert(
      fc.property(sequence, sequence, fc.nat(12), (a, b, atMost) => {
        const distance = editDistance(a, b);
        const told = editDistance(a, b, atMost);
        if (distance <= atMost) expect(told).toBe(distance);
        else expect(told).toBeGreaterThan(atMost);
      }),
    );
  });
});
