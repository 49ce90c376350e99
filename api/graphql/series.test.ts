import fc from "fast-check";
import { expect, it } from "vitest";
import { SCORE_BUCKETS, type ScoreHistogram } from "../../store/store.ts";
import { createSeries } from "./series.ts";

const minute = (minuteMs: number, count: number, bucket = 0): ScoreHistogram => ({
  service: "shop",
  minuteMs,
  counts: Array.from({ length: SCORE_BUCKETS }, (_, i) => (i === bucket ? count : 0)),
  anomalies: 1,
  maxScore: bucket / SCORE_BUCKETS,
});

it("leaves out minutes of another time", () => {
  const series = createSeries(60_000, 120_000, 1);
  series.add([minute(0, 5), minute(120_000, 5)]);
  expect(series.buckets()).toEqual([
    { from: 60_000, to: 120_000, records: 0, anomalies: 0, maxScore: 0, meanScore: null },
  ]);
});

it("puts a minute where it begins, and the mean in the middle of the bucket of the score", () => {
  const series = createSeries(0, 120_000, 2);
  series.add([minute(0, 3, 180)]);
  series.add([minute(60_000, 1, 100), minute(60_000, 1, 100)]);
  expect(series.buckets()).toEqual([
    { from: 0, to: 60_000, records: 3, anomalies: 1, maxScore: 0.9, meanScore: 0.9025 },
    { from: 60_000, to: 120_000, records: 2, anomalies: 2, maxScore: 0.5, meanScore: 0.5025 },
  ]);
});

it("loses no record and leaves no gap, whatever the buckets", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 1e6 }),
      fc.integer({ min: 1, max: 1e7 }),
      fc.integer({ min: 1, max: 50 }),
      fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })),
      (from, span, count, places) => {
        const series = createSeries(from, from + span, count);
        series.add(places.map((place) => minute(from + Math.floor(place * span), 1)));
        const buckets = series.buckets();
        expect(buckets.reduce((sum, { records }) => sum + records, 0)).toBe(places.length);
        expect(buckets.map(({ from: start }) => start)).toEqual([
          from,
          ...buckets.slice(0, -1).map(({ to }) => to),
        ]);
        expect(buckets.at(-1)?.to).toBe(from + span);
      },
    ),
  );
});
