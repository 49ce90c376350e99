import { expect, test } from "vitest";
import { changeInWords, ruleInWords } from "./threshold-words.ts";

test.each([
  [{ mode: "AUTO", alertsPerDay: null }, "automatic"],
  [{ mode: "AUTO", alertsPerDay: 5 }, "automatic, 5 alerts a day"],
  [{ mode: "BUDGET", alertsPerDay: 1 }, "1 alert a day"],
  [{ mode: "BUDGET", alertsPerDay: 0.5 }, "0.5 alerts a day"],
  [{ mode: "MANUAL", alertsPerDay: 5 }, "fixed"],
] as const)("%o reads %s", (rule, words) => {
  expect(ruleInWords(rule)).toBe(words);
});

test.each([
  [{ mode: "MANUAL", value: 0.9, alertsPerDay: null }, "fixed at 0.900"],
  [{ mode: "BUDGET", value: null, alertsPerDay: 2 }, "2 alerts a day"],
  [{ mode: "AUTO", value: null, alertsPerDay: null }, "automatic"],
] as const)("a change to %o reads %s", (change, words) => {
  expect(changeInWords(change)).toBe(words);
});
