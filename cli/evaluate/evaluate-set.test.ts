import { expect, test } from "vitest";
import type { DetectorUnderTest } from "./detector-under-test.ts";
import { evaluateSet } from "./evaluate-set.ts";
import type { EvaluationSet, Unit } from "./evaluation-set.ts";
import { formatReport } from "./report/format-report.ts";
import { toJsonRows } from "./report/to-json.ts";
import { sealTruth } from "./truth.ts";

const unit = (line: number, events: readonly number[]): Unit => ({
  events,
  source: { file: "f", fromLine: line, toLine: line },
});

/** 300 normal units of one event; the test has 3 normal ones and 2 anomalies of two events. */
function smallSet(): EvaluationSet {
  return {
    name: "small",
    templates: ["a"],
    isSession: true,
    train: Array.from({ length: 300 }, (_, i) => unit(i + 1, [0])),
    test: [0, 1, 0, 1, 0].map((label, i) => unit(1_000 + i, label === 1 ? [0, 0] : [0])),
    truth: sealTruth([false, true, false, true, false], [1, 1, 1, 1, 1]),
    notes: [],
  };
}

const byLength: DetectorUnderTest = {
  name: "by length",
  isSeeded: true,
  appliesTo: () => true,
  fit: async () => ({ score: async (units) => Float64Array.from(units, ({ events }) => events.length) }),
};

test("a detector that tells all anomalies has perfect figures, with the threshold from normal units alone", async () => {
  const { results } = await evaluateSet(smallSet(), [byLength], 3);
  const common = {
    dataset: "small",
    detector: "by length",
    precision: 1,
    recall: 1,
    f1: 1,
    auprc: 1,
    auroc: 1,
    falsePositiveRate: 0,
    anomalies: 2,
    normals: 3,
    seeds: 3,
    f1Deviation: 0,
    auprcDeviation: 0,
  };
  const recalls = [1, 5, 20].map((falseAlarms) => ({ falseAlarms, per: "million events", recall: 1 }));
  const promises = [0.01, 0.005, 0.002, 0.001].map((promised) => {
    return { promised, realised: 0, precision: 1, recall: 1, f1: 1 };
  });
  expect(toJsonRows(results)).toEqual([
    { ...common, threshold: "calibrated", promises },
    { ...common, threshold: "oracle", recallAtFalseAlarms: recalls },
  ]);
});

test("no detector meets a label: units carry none, and the seal is whole whenever one runs", async () => {
  const set = smallSet();
  const seen: { readonly keys: readonly string[]; readonly isSealed: boolean }[] = [];
  const look = (units: readonly Unit[]) =>
    seen.push({ keys: units.flatMap((one) => Object.keys(one)), isSealed: set.truth.isSealed });
  const spy = (name: string): DetectorUnderTest => ({
    name,
    isSeeded: true,
    appliesTo: () => true,
    async fit(train) {
      look(train);
      return {
        async score(units) {
          look(units);
          return new Float64Array(units.length);
        },
      };
    },
  });
  await evaluateSet(set, [spy("first"), spy("second")], 2);
  expect(seen).toHaveLength(12);
  expect(seen.every(({ isSealed }) => isSealed)).toBe(true);
  expect(new Set(seen.flatMap(({ keys }) => keys))).toEqual(new Set(["events", "source"]));
  expect(set.truth.isSealed).toBe(false);
  await expect(evaluateSet(set, [byLength], 1)).rejects.toThrow("read before the report");
});

test.each([
  ["drops a unit", (units: readonly Unit[]) => new Float64Array(units.length - 1), "units came in and"],
  ["gives no number", (units: readonly Unit[]) => new Float64Array(units.length).fill(Number.NaN), "is NaN"],
])("a detector that %s is refused by name", async (_, score, problem) => {
  const faulty: DetectorUnderTest = {
    ...byLength,
    name: "faulty",
    fit: async () => ({ score: async (units) => score(units) }),
  };
  await expect(evaluateSet(smallSet(), [faulty], 1)).rejects.toThrow(problem);
  await expect(evaluateSet(smallSet(), [faulty], 1)).rejects.toThrow("faulty");
});

test("a detector that the data do not suit is left out, one without a seed runs once", async () => {
  const other = { ...byLength, name: "other", appliesTo: () => false };
  const once = { ...byLength, name: "once", isSeeded: false };
  const { results } = await evaluateSet(smallSet(), [other, once], 5);
  expect(results.map(({ detector, seeds }) => [detector, seeds])).toEqual([["once", 1]]);
});

test("each sequence counts once for each label in the row of distinct sequences", async () => {
  const { results } = await evaluateSet(smallSet(), [byLength], 1);
  const distinct = results[0]?.views.find(({ view }) => view === "distinct");
  expect([distinct?.anomalies, distinct?.normals]).toEqual([1, 1]);
});

test("the product's detector is compared with the best cheap one, and says what it started from", async () => {
  const scoring = (name: string, score: (unit: Unit) => number): DetectorUnderTest => ({
    ...byLength,
    name,
    isSeeded: false,
    fit: async () => ({ score: async (units) => Float64Array.from(units, score) }),
  });
  const detectors: readonly DetectorUnderTest[] = [
    { ...byLength, name: "logbert", role: "product", origin: (set) => `made for ${set}` },
    scoring("constant", () => 0),
    scoring("by line", ({ source }) => source.fromLine),
    { ...scoring("published", ({ events }) => events.length), role: "published" },
  ];
  const { results, head } = await evaluateSet(smallSet(), detectors, 1);
  const [product, ...others] = results;
  expect(product).toMatchObject({ againstBestCheap: { baseline: "by line" }, origin: "made for small" });
  expect(product?.againstBestCheap?.auprc.mean).toBeGreaterThan(0);
  expect(others.some(({ againstBestCheap }) => againstBestCheap !== undefined)).toBe(false);
  const report = formatReport(head, results);
  expect(report).toContain("logbert: made for small.");
  expect(report).toMatch(
    /AUPRC of logbert less that of by line, the best cheap detector on this test: \+0\.\d{4}/,
  );
});

test("the report tells what each promise came to, and the recall at few false alarms", async () => {
  const { head, results } = await evaluateSet(smallSet(), [byLength], 1);
  const report = formatReport(head, results);
  expect(report).toContain("realised for 1 %");
  expect(report).toContain("realised for 0.1 %");
  expect(report).toContain("20 per million events");
  expect(report).toContain("it has no times");
  expect(report).not.toContain("20 a day");
});

test("a test with times has recall at false alarms a day", async () => {
  const set = smallSet();
  const timed = set.test.map((one, i) => ({ ...one, timesMs: one.events.map(() => i * 1_000) }));
  const { head, results } = await evaluateSet({ ...set, test: timed }, [byLength], 1);
  expect(formatReport(head, results)).toContain("20 a day");
  expect(toJsonRows(results)[1]?.recallAtFalseAlarms?.at(-1)).toEqual({
    falseAlarms: 20,
    per: "day",
    recall: 1,
  });
});
