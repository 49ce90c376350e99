import { expect, test } from "vitest";
import { ruleInWords } from "./threshold-words.ts";

test.each([
  [{ mode: "AUTO", alertsPerDay: null }, "automatic"],
  [{ mode: "AUTO", alertsPerDay: 5 }, "automatic, 5 alerts a day"],
  [{ mode: "BUDGET", alertsPerDay: 1 }, "1 alert a day"],
  [{ mode: "BUDGET", alertsPerDay: 0.5 }, "0.5 alerts a day"],
  [{ mode: "MANUAL", alertsPerDay: 5 }, "fixed"],
] as const)("%o reads %s", (rule, words) => {
  expect(ruleInWords(rule)).toBe(words);
});
