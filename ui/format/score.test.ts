import { describe, expect, test } from "vitest";
import { formatPercent, formatPValue, formatRarity, formatScore, scorePlaceOnBar } from "./score.ts";

describe("scores", () => {
  test("a score just under a threshold never reads as the threshold", () => {
    expect(formatScore(0.84999)).toBe("0.849");
  });

  test.each([
    [0.85, "0.850"],
    [0.968, "0.968"],
    [1, "1.000"],
    [0, "0.000"],
  ])("%d reads %s", (score, text) => {
    expect(formatScore(score)).toBe(text);
  });

  test.each([
    [0, "1 in 1"],
    [0.85, "1 in 2,000"],
    [0.968, "1 in 950,000"],
    [1, "1 in over a billion"],
  ])("a score of %d is as rare as %s", (score, text) => {
    expect(formatRarity(score)).toBe(text);
  });

  test.each([
    [0.04, "0.04"],
    [0.000012, "0.000012"],
    [1e-12, "< 0.000001"],
    [0, "< 0.000001"],
    [1, "1"],
  ])("a p-value of %d reads %s", (value, text) => {
    expect(formatPValue(value)).toBe(text);
  });

  test.each([
    [0, "0 %"],
    [0.004, "< 1 %"],
    [0.874, "87 %"],
    [0.996, "> 99 %"],
    [1, "100 %"],
  ])("a share of %d reads %s", (share, text) => {
    expect(formatPercent(share)).toBe(text);
  });
});

test.each([
  [0.3, 0],
  [0.5, 0],
  [0.75, 0.5],
  [1, 1],
])("a score of %d lies at %d of a bar", (score, place) => {
  expect(scorePlaceOnBar(score)).toBe(place);
});
