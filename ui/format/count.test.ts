import { expect, test } from "vitest";
import { formatCompact, formatCount, formatNoun, formatRate, formatShare } from "./count.ts";

test("counts have separators", () => {
  expect(formatCount(12_345)).toBe("12,345");
  expect(formatCompact(1_234_567)).toBe("1.2M");
});

test.each([
  [0, "0"],
  [0.01, "< 0.1"],
  [0.25, "0.3"],
  [9.94, "9.9"],
  [42.4, "42"],
  [1234.5, "1.2K"],
])("a rate of %d reads %s", (rate, text) => {
  expect(formatRate(rate)).toBe(text);
});

test.each([
  [0, "0 services"],
  [1, "1 service"],
  [1200, "1,200 services"],
])("%d of a noun reads %s", (count, text) => {
  expect(formatNoun(count, "service")).toBe(text);
});

test.each([
  [0, "0 %"],
  [0.0001, "< 0.1 %"],
  [0.004, "0.4 %"],
  [0.254, "25 %"],
  [1, "100 %"],
])("a share of %d reads %s", (share, text) => {
  expect(formatShare(share)).toBe(text);
});
