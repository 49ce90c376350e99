import { expect, test } from "vitest";
import { scoresSpanInWords, toTrialDays, trialDaysInWords, trialPeriod } from "./trial-period.ts";

test.each([null, "", "2", "07", "30 "])("%j in the address is 30 days", (text) => {
  expect(toTrialDays(text)).toBe("30");
});

test.each([
  ["1", "the last day"],
  ["7", "the last 7 days"],
  ["30", "the last 30 days"],
] as const)("%s in the address is %s", (text, words) => {
  expect(trialDaysInWords(toTrialDays(text))).toBe(words);
});

test("a period ends now", () => {
  expect(trialPeriod("7", Date.parse("2026-11-23T12:00:00Z"))).toEqual({
    from: "2026-11-16T12:00:00.000Z",
    to: "2026-11-23T12:00:00.000Z",
  });
});

test.each([
  [29.9, "30", "the last 30 days"],
  [12, "30", "the 12 d that there are scores for"],
  [1 / 1440, "30", "the 1 min that there are scores for"],
  [0.5, "1", "the 12 h that there are scores for"],
  [0, "1", "less than a minute of scores"],
] as const)("%d days of scores out of %s are %s", (days, asked, words) => {
  expect(scoresSpanInWords(days, asked)).toBe(words);
});
