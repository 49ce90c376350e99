import { expect, test } from "vitest";
import { createRandom } from "../../generate/random.ts";
import type { Unit } from "../evaluation-set.ts";
import type { Truth } from "../truth.ts";
import { blocksOf } from "./blocks.ts";
import { pairedBootstrap } from "./paired-bootstrap.ts";
import { averagePrecision, rank } from "./ranking.ts";

const UNITS = 2_000;
const random = createRandom(7);
const units = Array.from({ length: UNITS }, (_, i): Unit => {
  return { events: [0], source: { file: "f", fromLine: i, toLine: i } };
});
const truth: Truth = {
  isAnomaly: Uint8Array.from({ length: UNITS }, () => Number(random.chance(0.1))),
  weights: Float64Array.from({ length: UNITS }, (_, i) => 1 + (i % 3)),
};
/** Scores with ties, higher for anomalies the larger the signal is. */
const scoresOf = (signal: number) =>
  truth.isAnomaly.reduce((scores, label, i) => {
    scores[i] = Math.round(10 * (label * signal + random.next()));
    return scores;
  }, new Float64Array(UNITS));
const blocks = blocksOf(units);

test("of a detector and itself the difference is nothing", () => {
  const scores = [scoresOf(0.5)];
  expect(pairedBootstrap({ scores, others: scores }, truth, blocks, createRandom(1))).toEqual({
    mean: 0,
    low: 0,
    high: 0,
  });
});

test("the interval holds the difference on the whole test, and tells a better detector from a worse one", () => {
  const [better, worse] = [scoresOf(0.8), scoresOf(0.3)];
  const area = (scores: Float64Array) => averagePrecision(rank(scores, truth));
  const { mean, low, high } = pairedBootstrap(
    { scores: [better], others: [worse] },
    truth,
    blocks,
    createRandom(1),
  );
  const whole = area(better) - area(worse);
  expect(low).toBeGreaterThan(0);
  expect(low).toBeLessThan(whole);
  expect(high).toBeGreaterThan(whole);
  expect(Math.abs(mean - whole)).toBeLessThan((high - low) / 4);
});

test("the spread between seeds is in the interval", () => {
  const [good, bad] = [scoresOf(0.8), scoresOf(0.3)];
  const { low, high } = pairedBootstrap(
    { scores: [good, bad], others: [bad, good] },
    truth,
    blocks,
    createRandom(1),
  );
  expect(low).toBeLessThan(0);
  expect(high).toBeGreaterThan(0);
});

test("a test without anomalies is refused", () => {
  const scores = [new Float64Array(2)];
  const none = { isAnomaly: new Uint8Array(2), weights: Float64Array.of(1, 1) };
  expect(() =>
    pairedBootstrap({ scores, others: scores }, none, blocksOf(units.slice(0, 2)), createRandom(1)),
  ).toThrow("no anomalies");
});

test("files are strata, cut into neighbours; where there are times they rule", () => {
  const inFile = (file: string, line: number, more: Partial<Unit> = {}): Unit => {
    return { events: [0], source: { file, fromLine: line, toLine: line }, ...more };
  };
  const two = [...Array(100).keys()].map((line) => inFile("a", line));
  const filed = blocksOf([...two, inFile("b", 1), inFile("b", 2)]);
  expect(filed.strata).toEqual([
    [0, 50],
    [50, 2],
  ]);
  expect([...filed.blockOf.slice(0, 4), ...filed.blockOf.slice(100)]).toEqual([0, 0, 1, 1, 50, 51]);
  const timed = blocksOf([inFile("a", 1, { timesMs: [9] }), inFile("b", 1, { timesMs: [3] })]);
  expect(timed.strata).toEqual([[0, 2]]);
  expect([...timed.blockOf]).toEqual([1, 0]);
});
