import fc from "fast-check";
import { expect, test } from "vitest";
import { foldRows } from "./fold-rows.ts";

/** Rows that matter are upper case; folded stretches are drawn by their length. */
const drawn = (rows: string) =>
  foldRows([...rows], (row) => row === row.toUpperCase())
    .map(({ isFolded, rows: some }) => (isFolded ? `(${some.length})` : some.join("")))
    .join("");

test.each([
  ["", ""],
  ["A", "A"],
  ["aaaaaaaaaA", "(7)aaA"],
  ["AaaaaaaA", "AaaaaaaA"],
  ["AaaaaaaaaA", "Aaa(4)aaA"],
  ["aaaAaaa", "aaaAaaa"],
  ["aaaaaaAaaaaaa", "(4)aaAaa(4)"],
  ["aaaaa", "(5)"],
])("%j is shown as %j", (rows, text) => {
  expect(drawn(rows)).toBe(text);
});

test("every row is in one stretch, in order, and none that matters is folded", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom("a", "a", "a", "A"), { maxLength: 40 }), (rows) => {
      const stretches = foldRows(rows, (row) => row === "A");
      expect(stretches.flatMap((one) => one.rows)).toEqual(rows);
      expect(stretches.filter(({ isFolded }) => isFolded).flatMap((one) => one.rows)).not.toContain("A");
    }),
  );
});
