import { expect, it } from "vitest";
import { grouped, inWords, multipleOfUsual, roughly, rounded, sinceInWords } from "./quantities.ts";

it.each([
  [0, "less than 0.1 ms"],
  [0.25, "0.3 ms"],
  [12, "12 ms"],
  [3_400, "3.4 s"],
  [180_000, "3 min"],
  [90_000_000, "1 day"],
  [1e15, "more than 10,000 days"],
])("%d ms are %s", (milliseconds, words) => {
  expect(inWords(milliseconds)).toBe(words);
});

it.each([
  [40.4, "about 40 times its usual"],
  [2_468, "about 2,500 times its usual"],
  [1.23, "23 % above its usual"],
  [0.9, "10 % below its usual"],
  [0.05, "about 1/20 of its usual"],
  [1e12, "more than a million times its usual"],
  [1e-12, "less than a millionth of its usual"],
])("%d times the usual is %s", (ratio, words) => {
  expect(multipleOfUsual(ratio)).toBe(words);
});

it("counts in groups of three digits, and roughly in two digits", () => {
  expect(grouped(1_234_567)).toBe("1,234,567");
  expect(roughly(24_510)).toBe("25,000");
  expect(roughly(1.24)).toBe("1.2");
  expect(rounded(0.004)).toBe("fewer than 0.1");
});

it("tells a time of day, with its date where that is not plain", () => {
  const timeMs = Date.UTC(2026, 0, 5, 8, 31, 5);
  expect(sinceInWords(timeMs, 31_000)).toBe("08:31:05 UTC");
  expect(sinceInWords(timeMs, 86_400_000)).toBe("2026-01-05 08:31:05 UTC");
  expect(sinceInWords(Number.NaN, 1)).toBe("an unknown time");
});
