import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { foldCase } from "./fold-case.ts";

describe("a text without its case", () => {
  it.each([
    ["ÄRGER", "Ärger"],
    ["STRASSE", "straße"],
    ["ΟΔΟΣ", "οδος"],
    ["ΟΔΟΣ", "οδοσ"],
    ["Payment", "pAYMENT"],
  ])("%s is %s", (one, other) => {
    expect(foldCase(one)).toBe(foldCase(other));
  });

  it("has in it what the text has in it", () => {
    const text = fc.string({ unit: "grapheme" });
    fc.assert(
      fc.property(text, text, text, (before, part, after) => {
        expect(foldCase(before + part + after)).toContain(foldCase(part));
      }),
    );
  });
});
