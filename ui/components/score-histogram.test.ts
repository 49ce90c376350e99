import { describe, expect, test } from "vitest";
import { histogramPath, logHeight, scorePlace, ticksPath } from "./score-histogram.ts";

test("heights lie between 0 and 1, and one record is seen beside a million", () => {
  expect(logHeight(0, 0)).toBe(0);
  expect(logHeight(0, 1e6)).toBe(0);
  expect(logHeight(1, 1e6)).toBeGreaterThan(0.04);
  expect(logHeight(1e6, 1e6)).toBe(1);
});

test("a score below the scale lies at its left end", () => {
  expect(scorePlace(0.2, 0.5, 400)).toBe(0);
  expect(scorePlace(0.75, 0.5, 400)).toBe(200);
  expect(scorePlace(1, 0.5, 400)).toBe(400);
});

describe("the histogram's path", () => {
  test("is empty without records", () => {
    expect(histogramPath([], 0, { width: 10, height: 4 })).toBe("");
    expect(histogramPath([0, 0], 0, { width: 10, height: 4 })).toBe("");
  });

  test("has one bar for each bucket with records, the fullest as high as the drawing", () => {
    expect(histogramPath([0, 1], 0, { width: 10, height: 4 })).toBe("M5,4V0H10V4Z");
    expect(histogramPath([3, 0, 1, 0], 0, { width: 8, height: 4 })).toBe("M0,4V0H2V4ZM4,4V2H6V4Z");
  });

  test("heights are those of what the scale shows: what lies below it does not flatten the rest", () => {
    expect(histogramPath([1e6, 1e6, 1, 0], 0.5, { width: 8, height: 4 })).toBe("M0,4V0H4V4Z");
  });
});

test("ticks stand at their scores, those below the scale are left out", () => {
  expect(ticksPath([0.2, 0.75, 1], 0.5, { width: 400, height: 6 })).toBe("M200,0V6M400,0V6");
  expect(ticksPath([], 0.5, { width: 400, height: 6 })).toBe("");
});
