import { describe, expect, test } from "vitest";
import { readDraft, toDraft } from "./threshold-draft.ts";

const inForce = { mode: "AUTO", value: 0.87, alertsPerDay: 5, updatedAt: "2026-11-23T12:00:00Z" } as const;

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
