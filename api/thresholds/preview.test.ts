import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LabelledScore } from "../../store/feedback.ts";
import { SCORE_BUCKETS, type ScoreTotals } from "../../store/store.ts";
import { latestLabels } from "./latest-labels.ts";
import { preview } from "./preview.ts";

const NO_SCORES: ScoreTotals = {
  counts: new Array(SCORE_BUCKETS).fill(0),
  firstMinuteMs: undefined,
  lastMinuteMs: undefined,
};
const DAY_MS = 86_400_000;
const label = (anomalyId: string, score: number, isTrueAnomaly: boolean): LabelledScore => ({
  anomalyId,
  score,
  isTrueAnomaly,
});

/** As the stage counts them. */
function totalsOf(scores: readonly number[], spanMs = DAY_MS): ScoreTotals {
  const counts = new Array<number>(SCORE_BUCKETS).fill(0);
  for (const score of scores) {
    const bucket = Math.min(SCORE_BUCKETS - 1, Math.floor(score * SCORE_BUCKETS));
    counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
  return { counts, firstMinuteMs: 0, lastMinuteMs: spanMs - 60_000 };
}

describe("what a threshold would have done", () => {
  it("is nothing, with unknown rates, where there are neither scores nor labels", () => {
    expect(preview(0.5, NO_SCORES, [])).toEqual({
      alerts: 0,
      alertsPerDay: 0,
      precision: null,
      recall: null,
      missedIds: [],
    });
  });

  it("knows no precision where nobody judged an alert, and no recall where nobody confirmed one", () => {
    expect(preview(0.9, NO_SCORES, [label("a", 0.8, true)])).toMatchObject({ precision: null, recall: 0 });
    expect(preview(0.7, NO_SCORES, [label("a", 0.8, false)])).toMatchObject({ precision: 0, recall: null });
  });

  it("counts scores at the threshold as alerts, over the days that there are scores for", () => {
    const scores = totalsOf([0.1, 0.9, 0.95, 1], 2 * DAY_MS);
    expect(preview(0.9, scores, [])).toMatchObject({ alerts: 3, alertsPerDay: 1.5 });
    expect(preview(0, scores, []).alerts).toBe(4);
    expect(preview(1, scores, []).alerts).toBe(1);
  });

  it("names what it would have missed, the nearest first", () => {
    const labels = [
      label("a", 0.7, true),
      label("b", 0.9, true),
      label("c", 0.92, false),
      label("d", 0.85, true),
      label("e", 0.6, false),
    ];
    expect(preview(0.9, NO_SCORES, labels)).toMatchObject({
      precision: 1 / 2,
      recall: 1 / 3,
      missedIds: ["d", "a"],
    });
  });

  it("never counts too few, at most those of one bucket too many, and less the higher it is", () => {
    const score = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(score, { maxLength: 60 }), score, score, (scores, a, b) => {
        const totals = totalsOf(scores);
        const alerts = (value: number) => preview(value, totals, []).alerts;
        expect(alerts(a)).toBeGreaterThanOrEqual(scores.filter((one) => one >= a).length);
        expect(alerts(a)).toBeLessThanOrEqual(
          scores.filter((one) => one >= a - 1 / SCORE_BUCKETS - 1e-9).length,
        );
        expect(alerts(Math.max(a, b))).toBeLessThanOrEqual(alerts(Math.min(a, b)));
      }),
    );
  });
});

it("counts an anomaly that was judged twice once, by its last label", () => {
  expect(latestLabels([])).toEqual([]);
  expect(latestLabels([label("a", 0.9, true), label("b", 0.8, true), label("a", 0.9, false)])).toEqual([
    label("a", 0.9, false),
    label("b", 0.8, true),
  ]);
});
