import { expect, it } from "vitest";
import { scoringNotice } from "./scoring-notice.ts";

it.each([
  ["SCORING", undefined],
  ["UNKNOWN", undefined],
  [
    "DEGRADED",
    "Some records are judged less well: 25 % of the last minute's without a detector that was late, busy or broken.",
  ],
  [
    "SHEDDING",
    "Not all records are judged: 50 % of the last minute's passed without a verdict. Nothing is lost, but anomalies among them are not seen.",
  ],
] as const)("while it is %s, people are told: %s", (scoring, text) => {
  expect(scoringNotice({ scoring, unscoredRatio: 0.5, degradedRatio: 0.25 })?.text).toBe(text);
});
