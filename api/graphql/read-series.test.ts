import { expect, it } from "vitest";
import { slices } from "./read-series.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const kinds = (span: Parameters<typeof slices>[0]) =>
  slices(span).map(({ isWhole, startMs, endMs }) => [isWhole, startMs / MINUTE_MS, endMs / MINUTE_MS]);

it("reads by the hour where hours lie in one bucket, a week at most at a time", () => {
  expect(kinds({ fromMs: 0, toMs: 10 * DAY_MS, buckets: 10 })).toEqual([
    [true, 0, 7 * 1_440],
    [true, 7 * 1_440, 10 * 1_440],
  ]);
});

it("reads by the minute what is no whole hour, or lies in two buckets", () => {
  expect(kinds({ fromMs: 0, toMs: 3 * HOUR_MS, buckets: 2 })).toEqual([
    [true, 0, 60],
    [false, 60, 120],
    [true, 120, 180],
  ]);
  expect(kinds({ fromMs: 30 * MINUTE_MS, toMs: 150 * MINUTE_MS, buckets: 1 })).toEqual([
    [false, 30, 60],
    [true, 60, 120],
    [false, 120, 150],
  ]);
});

it.each([
  [7, 60],
  [30, 1_000],
  [1, 1_000],
  [400, 7],
])(
  "covers %i days in %i parts without a gap, and no hour is read whole that belongs to two",
  (days, buckets) => {
    const fromMs = 12_345_678;
    const toMs = fromMs + days * DAY_MS;
    const widthMs = (toMs - fromMs) / buckets;
    const bucketOf = (atMs: number) => Math.floor((atMs - fromMs) / widthMs);
    let atMs = fromMs;
    for (const { isWhole, startMs, endMs } of slices({ fromMs, toMs, buckets })) {
      expect(startMs).toBe(atMs);
      atMs = endMs;
      if (!isWhole) continue;
      for (let hourMs = startMs; hourMs < endMs; hourMs += HOUR_MS) {
        expect(hourMs % HOUR_MS).toBe(0);
        expect(bucketOf(hourMs)).toBe(bucketOf(hourMs + 59 * MINUTE_MS));
      }
    }
    expect(atMs).toBe(toMs);
  },
);
