import { describe, expect, test } from "vitest";
import { createThresholdTrial, type LabelledScore } from "./threshold-outcome.ts";

const BUCKETS = 200;
const nothing = new Array<number>(BUCKETS).fill(0);
const label = (anomalyId: string, score: number, isTrueAnomaly: boolean): LabelledScore => ({
  anomalyId,
  score,
  isTrueAnomaly,
});
const counted = (...scores: number[]) => {
  const counts = [...nothing];
  for (const score of scores) {
    const bucket = Math.min(BUCKETS - 1, Math.floor(score * BUCKETS));
    counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
  return counts;
};

describe("what a threshold would have done", () => {
  test("is nothing, with unknown rates, without scores and labels", () => {
    const outcome = createThresholdTrial({ counts: nothing, days: 0, labels: [] }).at(0.5);
    expect(outcome).toEqual({
      alerts: 0,
      alertsPerDay: undefined,
      judged: 0,
      caught: 0,
      confirmed: 0,
      missed: 0,
      precision: undefined,
      recall: undefined,
    });
    expect(createThresholdTrial({ counts: [], days: 0, labels: [] }).at(0.5).alerts).toBe(0);
  });

  test("counts as the API does: a score at the threshold alerts, and so does its bucket", () => {
    const trial = createThresholdTrial({ counts: counted(0.1, 0.9, 0.95, 1), days: 2, labels: [] });
    expect(trial.at(0.9)).toMatchObject({ alerts: 3, alertsPerDay: 1.5 });
    expect(trial.at(0.904).alerts).toBe(3);
    expect(trial.at(0.905).alerts).toBe(2);
    expect(trial.at(0).alerts).toBe(4);
    expect(trial.at(1).alerts).toBe(1);
  });

  test("less than a day of scores tells no rate of a day", () => {
    const rateOver = (days: number) =>
      createThresholdTrial({ counts: counted(0.9), days, labels: [] }).at(0.9).alertsPerDay;
    expect([0, 0.99, 1].map(rateOver)).toEqual([undefined, undefined, 1]);
  });

  test("tells precision, recall and what is missed from the labels, exactly at the threshold", () => {
    const labels = [
      label("a", 0.7, true),
      label("b", 0.9, true),
      label("c", 0.92, false),
      label("d", 0.85, true),
      label("e", 0.6, false),
    ];
    const trial = createThresholdTrial({ counts: nothing, days: 1, labels });
    expect(trial.at(0.9)).toMatchObject({ judged: 2, caught: 1, confirmed: 3, missed: 2, precision: 1 / 2 });
    expect(trial.at(0.9).recall).toBeCloseTo(1 / 3);
    expect(trial.at(0.95)).toMatchObject({ judged: 0, precision: undefined, recall: 0 });
  });
});

describe("the threshold that keeps a budget", () => {
  const trial = createThresholdTrial({ counts: counted(0.5, 0.8, 0.9, 0.9, 0.95), days: 1, labels: [] });

  test.each([
    [5, 0],
    [4, 0.505],
    [3, 0.805],
    [1, 0.905],
    [0.5, 0.955],
  ])("%d alerts a day are kept from %d on", (budget, threshold) => {
    expect(trial.forBudget(budget)).toBeCloseTo(threshold);
    expect(trial.at(trial.forBudget(budget) ?? 0).alertsPerDay).toBeLessThanOrEqual(budget);
  });

  test("is none where even the highest threshold alerts more often", () => {
    expect(createThresholdTrial({ counts: counted(1, 1), days: 1, labels: [] }).forBudget(1)).toBeUndefined();
  });
});

test("a hundred answers over a million records and a thousand labels take far less than a frame each", () => {
  const labels = Array.from({ length: 1000 }, (_, i) => label(String(i), (i % 200) / 200, i % 3 === 0));
  const counts = Array.from({ length: BUCKETS }, (_, i) => Math.round(40_000 * (1 - i / BUCKETS) ** 4));
  const trial = createThresholdTrial({ counts, days: 30, labels });
  const startMs = performance.now();
  for (let i = 0; i < 100; i += 1) trial.at(i / 100);
  expect((performance.now() - startMs) / 100).toBeLessThan(10);
});
