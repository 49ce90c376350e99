import { expect, test } from "vitest";
import { alertsInWords, changeInWords, isTooYoungFor, ruleInWords } from "./threshold-words.ts";

test.each([
  [{ mode: "AUTO", alertsPerDay: null }, "as configured"],
  [{ mode: "BUDGET", alertsPerDay: 1 }, "1 alert a day"],
  [{ mode: "BUDGET", alertsPerDay: 0.5 }, "0.5 alerts a day"],
  [{ mode: "MANUAL", alertsPerDay: 5 }, "fixed"],
] as const)("%o reads %s", (rule, words) => {
  expect(ruleInWords(rule)).toBe(words);
});

test.each([
  [{ mode: "MANUAL", value: 0.9, alertsPerDay: null }, "fixed at 0.900"],
  [{ mode: "BUDGET", value: null, alertsPerDay: 2 }, "2 alerts a day"],
  [{ mode: "AUTO", value: null, alertsPerDay: null }, "as configured"],
] as const)("a change to %o reads %s", (change, words) => {
  expect(changeInWords(change)).toBe(words);
});

test("a rate of alerts is told only where there is one", () => {
  expect(alertsInWords({ alerts: 420, alertsPerDay: undefined })).toBe("420 alerts");
  expect(alertsInWords({ alerts: 1, alertsPerDay: 0.25 })).toBe("1 alert (0.3 a day)");
});

test("a service keeps a budget once it has sent a quarter of what it sends between two alerts", () => {
  const aDay = { records: 1_000, days: 1 };
  const ready = (records: number) => ({ learningState: "READY" as const, records });
  expect(isTooYoungFor(0.1, ready(2_499), aDay)).toBe(true);
  expect(isTooYoungFor(0.1, ready(2_500), aDay)).toBe(false);
  expect(isTooYoungFor(5, ready(1_000), aDay)).toBe(false);
  expect(isTooYoungFor(5, { learningState: "LEARNING", records: 1e9 }, aDay)).toBe(true);
  expect(isTooYoungFor(undefined, ready(1), aDay)).toBe(false);
  expect(isTooYoungFor(1, ready(1), { records: 0, days: 0 })).toBe(false);
});
