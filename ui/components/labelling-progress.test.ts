import { expect, test } from "vitest";
import { isEnough, missingInWords } from "./labelling-progress.ts";

const needed = { confirmedNeeded: 10, expectedNeeded: 50, unlabelled: 7 };

test.each([
  [0, 0, "10 more real and 50 more expected"],
  [9, 49, "1 more real and 1 more expected"],
  [3, 50, "7 more real"],
  [1000, 12, "38 more expected"],
])("%d real and %d expected lack %s", (confirmed, expected, words) => {
  expect(missingInWords({ ...needed, confirmed, expected })).toBe(words);
  expect(isEnough({ ...needed, confirmed, expected })).toBe(false);
});

test("nothing is missing from what is needed on", () => {
  expect(missingInWords({ ...needed, confirmed: 10, expected: 51 })).toBe("");
  expect(isEnough({ ...needed, confirmed: 10, expected: 51 })).toBe(true);
});
