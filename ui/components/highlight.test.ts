import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { highlight } from "./highlight.ts";

describe("pointing out tokens", () => {
  test("whatever the tokens say, the text stays what it is", () => {
    const token = fc.record({
      start: fc.integer(),
      end: fc.integer(),
      importance: fc.double({ noNaN: true }),
    });
    fc.assert(
      fc.property(fc.string(), fc.array(token), (text, tokens) => {
        expect(
          highlight(text, tokens)
            .map((piece) => piece.text)
            .join(""),
        ).toBe(text);
      }),
    );
  });

  test("weights are relative to the strongest token", () => {
    const tokens = [
      { start: 6, end: 9, importance: 0.4 },
      { start: 2, end: 5, importance: 0.8 },
    ];
    expect(highlight("a bad day", tokens)).toEqual([
      { start: 0, text: "a ", weight: undefined },
      { start: 2, text: "bad", weight: 1 },
      { start: 5, text: " ", weight: undefined },
      { start: 6, text: "day", weight: 0.5 },
    ]);
  });

  test("an overlapping token is left out", () => {
    const tokens = [
      { start: 0, end: 3, importance: 1 },
      { start: 2, end: 5, importance: 1 },
    ];
    expect(highlight("abcde", tokens).filter((piece) => piece.weight !== undefined)).toHaveLength(1);
  });
});
