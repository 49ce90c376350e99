import { expect, it } from "vitest";
import { SCORE_BUCKETS, type ScoreHistogram } from "../../store/store.ts";
import { addUpScores } from "./score-totals.ts";

const minute = (at: number, bucket: number, count: number): ScoreHistogram => ({
  service: "shop",
  minuteMs: at * 60_000,
  counts: Array.from({ length: SCORE_BUCKETS }, (_, i) => (i === bucket ? count : 0)),
  anomalies: 0,
  maxScore: 0,
});

async function* slices(...all: readonly ScoreHistogram[][]) {
  yield* all;
}

it("is all zeros over no time when there are no scores", async () => {
  const { counts, spanMs } = await addUpScores(slices([], []));
  expect(counts).toEqual(new Array(SCORE_BUCKETS).fill(0));
  expect(spanMs).toBe(0);
});

it("adds up over slices and services, and spans from the first minute to the end of the last", async () => {
  const { counts, spanMs } = await addUpScores(
    slices([minute(3, 10, 1), minute(3, 10, 2)], [], [minute(5, 10, 4), minute(5, 199, 8)]),
  );
  expect([counts[10], counts[199], counts[11]]).toEqual([7, 8, 0]);
  expect(spanMs).toBe(3 * 60_000);
});
