import { expect, test } from "vitest";
import type { DetectorUnderTest } from "../detector-under-test.ts";
import type { EvaluationSet, Unit } from "../evaluation-set.ts";
import { sealTruth } from "../truth.ts";
import { evaluateColdStart } from "./evaluate-cold-start.ts";
import { formatColdStart } from "./format-cold-start.ts";

/** Units of 10 events; every tenth of the test is an anomaly, which holds event 1. Times go backwards through the file. */
function stream(tested: number, more: Partial<EvaluationSet> = {}): EvaluationSet {
  const unit = (line: number, event: number): Unit => ({
    events: Array(10).fill(event),
    timesMs: Array(10).fill(1_000_000 - line),
    source: { file: "f", fromLine: line, toLine: line },
  });
  const labels = Array.from({ length: tested }, (_, i) => i % 10 === 0);
  return {
    name: "stream",
    templates: ["usual", "odd"],
    isSession: false,
    train: Array.from({ length: 300 }, (_, i) => unit(500_000 + i, 0)),
    test: labels.map((isAnomaly, i) => unit(i, isAnomaly ? 1 : 0)),
    truth: sealTruth(labels, Array(tested).fill(1)),
    notes: [],
    ...more,
  };
}

interface Call {
  readonly kind: "fit" | "score" | "learn";
  readonly units: readonly Unit[];
}

/** Scores by event 1, and notes what it is given. */
function recorder(calls: Call[]): DetectorUnderTest {
  return {
    name: "recorder",
    isSeeded: false,
    appliesTo: () => true,
    async fit(train) {
      calls.push({ kind: "fit", units: train });
      return {
        async score(units) {
          calls.push({ kind: "score", units });
          return Float64Array.from(units, ({ events }) => events.filter((event) => event === 1).length);
        },
        async learn(units) {
          calls.push({ kind: "learn", units });
        },
      };
    },
  };
}

test("the first 10,000 events by time teach, the rest is judged in its order and learned from only afterwards", async () => {
  const calls: Call[] = [];
  const result = await evaluateColdStart(stream(2_200), [recorder(calls)], 1);
  expect([result.learningUnits, result.judgedUnits]).toEqual([1_000, 1_200]);
  const [fit, calibrate, ...online] = calls.slice(
    0,
    calls.findIndex(({ kind }, i) => i > 0 && kind === "fit"),
  );
  const lines = (call: Call | undefined) => call?.units.map(({ source }) => source.fromLine) ?? [];
  expect([...lines(fit), ...lines(calibrate)]).toEqual(Array.from({ length: 1_000 }, (_, i) => 2_199 - i));
  expect(online.map(({ kind, units }) => [kind, units.length])).toEqual([
    ["score", 500],
    ["learn", 500],
    ["score", 500],
    ["learn", 500],
    ["score", 200],
    ["learn", 200],
  ]);
  expect(online.filter(({ kind }) => kind === "score").flatMap(lines)).toEqual(
    Array.from({ length: 1_200 }, (_, i) => 1_199 - i),
  );
});

test("both a new and a trained detector are reported on the same units", async () => {
  const result = await evaluateColdStart(stream(2_200), [recorder([])], 1);
  for (const [summary] of [result.cold, result.trained]) {
    expect(summary?.views[0]).toMatchObject({ anomalies: 120, normals: 1_080, auprc: { mean: 1 } });
    expect(summary?.views[0]?.recallAtBudget.mean).toBe(1);
  }
  // Anomalies among what a cold detector learns and calibrates with raise its threshold; a trained one has none.
  expect(result.trained[0]?.views[0]?.calibrated[2]?.f1.mean).toBe(1);
  expect(result.cold[0]?.views[0]?.calibrated[2]?.f1.mean).toBe(0);
  expect(formatColdStart("stream", result)).toMatch(/\| recorder +\| +1\.0000 \| +1\.0000 \|/);
});

test("anomalies that the set has too many of are thinned to their true frequency", async () => {
  const set = stream(6_000);
  const weights = Array.from({ length: 6_000 }, (_, i) => (i % 10 === 0 ? 1 : 5));
  const labels = weights.map((weight) => weight === 1);
  const result = await evaluateColdStart({ ...set, truth: sealTruth(labels, weights) }, [recorder([])], 1);
  const view = result.cold[0]?.views[0];
  const share = (view?.anomalies ?? 0) / ((view?.anomalies ?? 0) + (view?.normals ?? 0));
  expect(share).toBeGreaterThan(0.015);
  expect(share).toBeLessThan(0.03);
});

test("a test without 10,000 events is refused", async () => {
  await expect(evaluateColdStart(stream(1_000), [recorder([])], 1)).rejects.toThrow(
    "stream: its test ends before",
  );
});
