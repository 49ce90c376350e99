import { describe, expect, test } from "vitest";
import type { DetectorUnderTest } from "../detector-under-test.ts";
import type { Unit } from "../evaluation-set.ts";
import { BASELINES } from "./baselines.ts";
import { bigrams } from "./bigrams.ts";
import { eventLengthCounts, newEventAndLength } from "./combinations.ts";
import { countVectorKnn, countVectorKnnIdf } from "./count-vector-knn.ts";
import { editDistance } from "./edit-distance.ts";
import { interArrival } from "./inter-arrival.ts";
import { isolationForest } from "./isolation-forest.ts";
import { keywords } from "./keywords.ts";
import { length } from "./length.ts";
import { newEvent } from "./new-event.ts";
import { principalComponents } from "./principal-components.ts";
import { randomScore } from "./random-score.ts";
import { trigrams } from "./trigrams.ts";

const TEMPLATES = ["start", "work", "write failed: <*>", "stop"];

function unit(events: readonly number[], line = 1, more: Partial<Unit> = {}): Unit {
  return { events, source: { file: "f", fromLine: line, toLine: line }, ...more };
}

async function scoresOf(
  detector: DetectorUnderTest,
  train: readonly Unit[],
  test: readonly Unit[],
  seed = 1,
): Promise<readonly number[]> {
  const scorer = await detector.fit(train, { set: "test", templates: TEMPLATES, isSession: true, seed });
  return [...(await scorer.score(test, TEMPLATES))];
}

const NORMAL = [unit([0, 1, 1, 3]), unit([0, 1, 3]), unit([0, 1, 1, 1, 3])];

describe("each baseline has its own idea of odd", () => {
  test("new event: the number of distinct unknown events", async () => {
    expect(await scoresOf(newEvent, NORMAL, [unit([0, 1, 3]), unit([0, 2]), unit([2, 2, 4])])).toEqual([
      0, 1, 2,
    ]);
  });
  test("length: how far outside the range", async () => {
    const tested = [unit([0]), unit([0, 1, 3]), unit([0, 1, 1, 1, 3]), unit(Array(10).fill(1))];
    expect(await scoresOf(length, NORMAL, tested)).toEqual([1 - 1 / 3, 0, 0, 0.5]);
  });
  test("new event + length: the sum of both", async () => {
    expect(await scoresOf(newEventAndLength, NORMAL, [unit([0, 1]), unit([0, 1, 2, 3])])).toEqual([
      1 - 2 / 3,
      1,
    ]);
  });
  test("count vectors: L1 distance to the nearest by the sum of the larger counts", async () => {
    const tested = [unit([3, 1, 0]), unit([0, 1, 1]), unit([2])];
    // [0, 1, 1] against [0, 1, 1, 3]: distance 1 of 4.
    expect(await scoresOf(countVectorKnn, NORMAL, tested)).toEqual([0, 0.25, 1]);
  });
  test("count vectors (idf): what is in every sequence weighs next to nothing", async () => {
    const train = [unit([0, 1]), unit([0, 3]), unit([0, 1, 3])];
    const [withoutUsual = 0, withoutRare = 0] = await scoresOf(countVectorKnnIdf, train, [
      unit([1, 3]),
      unit([0]),
    ]);
    // Weights: log10(4/3) for 0 and log10(4/2) for 1 and 3.
    expect(withoutUsual).toBeCloseTo(Math.log10(4 / 3) / (Math.log10(4 / 3) + 2 * Math.log10(2)), 12);
    expect(withoutRare).toBeCloseTo(Math.log10(2) / (Math.log10(4 / 3) + Math.log10(2)), 12);
  });
  test("event + length + counts: what is outside comes above all counts", async () => {
    const tested = [unit([2, 0, 1, 3]), unit([3, 3, 3, 3]), unit([0, 1, 3])];
    const [unknown = 0, oddCounts = 0, usual = 0] = await scoresOf(eventLengthCounts, NORMAL, tested);
    expect(unknown).toBeGreaterThan(1);
    expect(oddCounts).toBeLessThanOrEqual(1);
    expect(oddCounts).toBeGreaterThan(0);
    expect(usual).toBe(0);
  });
  test("2-gram: the share of unknown neighbours, a missing end among them", async () => {
    expect(await scoresOf(bigrams, NORMAL, [unit([0, 1, 1, 1, 1, 3]), unit([0, 1])])).toEqual([0, 1 / 3]);
  });
  test("3-gram: a wrong order is a surprise, a usual one is none", async () => {
    const train = Array.from({ length: 50 }, () => unit([0, 1, 2, 3]));
    const [usual = 0, swapped = 0, cut = 0] = await scoresOf(trigrams, train, [
      unit([0, 1, 2, 3]),
      unit([0, 2, 1, 3]),
      unit([0, 1, 2]),
    ]);
    expect(usual).toBeLessThan(0.1);
    expect(swapped).toBeGreaterThan(3);
    expect(cut).toBeGreaterThan(3);
  });
  test("edit distance: edits to the nearest normal sequence by the longer length", async () => {
    const tested = [unit([0, 1, 3]), unit([0, 2, 3]), unit([2, 2, 2, 2, 2, 2])];
    expect(await scoresOf(editDistance, NORMAL, tested)).toEqual([0, 1 / 3, 1]);
  });
  test("inter-arrival times: gaps unlike those of their pair", async () => {
    const at = (...timesMs: number[]) => unit([0, 1, 3], 1, { timesMs });
    const train = [at(0, 10, 20), at(0, 12, 21), at(0, 9, 20)];
    const [usual = 0, late = 0] = await scoresOf(interArrival, train, [at(0, 11, 20), at(0, 5_000, 5_010)]);
    expect(usual).toBeLessThan(1);
    expect(late).toBeGreaterThan(3);
  });
  test("severity and keywords: number of events that tell of trouble", async () => {
    const tested = [unit([0, 2, 2]), unit([0, 1], 1, { severities: [9, 17] }), unit([0, 1])];
    expect(await scoresOf(keywords, NORMAL, tested)).toEqual([2, 1, 0]);
  });
});

// Computed with scikit-learn 1.9.1: squared reconstruction error of PCA(n_components=0.95).
test("PCA gives scikit-learn's reconstruction errors, and unknown events on top", async () => {
  const counts = [
    [3, 2, 0],
    [3, 2, 1],
    [6, 4, 0],
    [6, 4, 1],
    [9, 6, 0],
    [3, 2, 0],
    [12, 8, 1],
    [0, 0, 0],
  ];
  const toUnit = (row: readonly number[]) => unit(row.flatMap((count, event) => Array(count).fill(event)));
  const tested = [
    [3, 9, 0],
    [3, 2, 5],
    [30, 20, 0],
    [3, 9, 0, 2],
  ].map(toUnit);
  const scores = await scoresOf(principalComponents, counts.map(toUnit), tested);
  const golden = [34.103619315371034, 22.430276906027878, 2.698042157382311, 38.103619315371034];
  for (const [i, score] of scores.entries()) expect(score).toBeCloseTo(golden[i] ?? 0, 6);
});

test("an isolation forest sets far counts apart, the same for the same seed", async () => {
  const train = Array.from({ length: 300 }, (_, i) => unit([0, ...Array(3 + (i % 4)).fill(1), 3]));
  const tested = [unit([0, 1, 1, 1, 1, 3]), unit([...Array(9).fill(0), 3, 3, 3])];
  const first = await scoresOf(isolationForest, train, tested, 7);
  const [usual = 0, far = 0] = first;
  expect(far).toBeGreaterThan(usual);
  expect(await scoresOf(isolationForest, train, tested, 7)).toEqual(first);
  expect(await scoresOf(isolationForest, train, tested, 8)).not.toEqual(first);
});

test("a throw of dice depends on the seed and the place, not on the batch", async () => {
  const tested = [unit([0], 1), unit([0], 2)];
  const both = await scoresOf(randomScore, NORMAL, tested);
  expect(both[0]).not.toBe(both[1]);
  expect(await scoresOf(randomScore, NORMAL, tested.slice(1))).toEqual(both.slice(1));
  expect(await scoresOf(randomScore, NORMAL, tested, 2)).not.toEqual(both);
});

test.each(BASELINES.map((detector) => [detector.name, detector] as const))(
  "%s gives each unit a finite score, also empty and unknown ones, after very little training",
  async (_, detector) => {
    const times = (events: readonly number[], line: number) =>
      unit(events, line, { timesMs: events.map((_event, i) => i) });
    const train = [times([0], 1), times([0], 2)];
    const tested = [times([], 3), times([2, 1], 4), times(Array(3_000).fill(0), 5)];
    const scores = await scoresOf(detector, train, tested);
    expect(scores).toHaveLength(3);
    expect(scores.every(Number.isFinite)).toBe(true);
  },
);
