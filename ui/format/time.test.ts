import { describe, expect, test } from "vitest";
import {
  formatAgo,
  formatClock,
  formatDuration,
  formatGap,
  formatInstant,
  formatPreciseClock,
} from "./time.ts";

const noon = new Date(2026, 10, 23, 12, 0, 0).getTime();

describe("times", () => {
  test("another day's time names the day, today's does not", () => {
    expect(formatClock(noon + 7000, noon)).toBe("12:00:07");
    expect(formatClock(noon - 24 * 3_600_000, noon)).toBe("Nov 22, 12:00:00");
  });

  test("a clock that is precise has its milliseconds", () => {
    expect(formatPreciseClock(noon + 7)).toBe("12:00:00.007");
  });

  test("an instant is exact", () => {
    expect(formatInstant(noon + 42)).toMatch(/^Nov 23, 2026, 12:00:00\.042 /);
  });

  test.each([
    [-60_000, "just now"],
    [0, "just now"],
    [42_000, "42 s ago"],
    [200_000, "3 min ago"],
    [7_300_000, "2 h ago"],
    [5 * 86_400_000, "5 d ago"],
  ])("%d ms before now reads %s", (ageMs, text) => {
    expect(formatAgo(noon - ageMs, noon)).toBe(text);
  });

  test.each([
    [0, "0 ms"],
    [999, "999 ms"],
    [90_000, "1 min"],
    [86_400_000, "24 h"],
  ])("%d ms last %s", (durationMs, text) => {
    expect(formatDuration(durationMs)).toBe(text);
  });

  test.each([
    [0, "+0 ms"],
    [137, "+137 ms"],
    [2149, "+2.1 s"],
    [-40, "−40 ms"],
    [61_000, "+1 min"],
  ])("a gap of %d ms reads %s", (gapMs, text) => {
    expect(formatGap(gapMs)).toBe(text);
  });
});
