import { expect, test } from "vitest";
import { parseScore } from "./parse-score.ts";

test.each([null, "", "x", "NaN", "-0.1", "1.01", "Infinity", "0"])("%s narrows nothing", (text) => {
  expect(parseScore(text)).toBe(0);
});

test.each([
  ["0.85", 0.85],
  ["1", 1],
])("%s is a score", (text, score) => {
  expect(parseScore(text)).toBe(score);
});
