import { expect, it } from "vitest";
import { scoringNotice } from "./scoring-notice.ts";

const WELL = { state: "WELL", recallRatio: 1 } as const;

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
  expect(scoringNotice({ scoring, unscoredRatio: 0.5, degradedRatio: 0.25, canary: WELL })?.text).toBe(text);
});

it("that the detector does not work is told before all else", () => {
  const canary = { state: "COLLAPSED", recallRatio: 0.12 } as const;
  expect(scoringNotice({ scoring: "SHEDDING", unscoredRatio: 0.5, degradedRatio: 0, canary })).toEqual({
    tone: "danger",
    text: "The detector does not work: it found 12 % of the sequences that are known to be odd. Scores mean little until it does. Nothing is lost; other weights can be put in use on the page Training.",
  });
});
