import { describe, expect, test } from "vitest";
import { readDraft, readThreshold, toDraft } from "./threshold-draft.ts";

const inForce = { mode: "AUTO", value: 0.87, alertsPerDay: 5 } as const;

describe("the threshold form", () => {
  test.each(["", "  ", "many", "0", "-1", "1e9", "NaN", "Infinity"])(
    "%j alerts a day are refused in words",
    (text) => {
      expect(readDraft({ mode: "BUDGET", alertsPerDay: text, value: 0.9 })).toMatch(
        /^Alerts a day must be a number/,
      );
    },
  );

  test("exactly one way is sent", () => {
    expect(readDraft({ mode: "AUTO", alertsPerDay: "x", value: 0.9 })).toEqual({ auto: true });
    expect(readDraft({ mode: "BUDGET", alertsPerDay: " 2.5 ", value: 0.9 })).toEqual({ alertsPerDay: 2.5 });
    expect(readDraft({ mode: "MANUAL", alertsPerDay: "x", value: 0.9 })).toEqual({ value: 0.9 });
  });

  test("the form opens with what is in force", () => {
    expect(readDraft(toDraft(inForce))).toEqual({ auto: true });
    expect(readDraft({ ...toDraft(inForce), mode: "MANUAL" })).toEqual({ value: 0.87 });
    expect(readDraft({ ...toDraft({ ...inForce, alertsPerDay: null }), mode: "BUDGET" })).toEqual({
      alertsPerDay: 5,
    });
  });
});

describe("a typed threshold", () => {
  test.each(["", " ", "high", "-0.1", "1.01", "0.9.1", "NaN"])("%j is none", (text) => {
    expect(readThreshold(text)).toBeUndefined();
  });

  test.each([
    ["0.9", 0.9],
    [" 0,95 ", 0.95],
    [".5", 0.5],
    ["1", 1],
    ["0", 0],
  ])("%j is %d", (text, value) => {
    expect(readThreshold(text)).toBe(value);
  });
});
