import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Label } from "../../store/label.ts";
import { DETECTOR_NAMES, type DetectorName } from "../detect/evidence.ts";
import { combine, jointStrength } from "./combine.ts";
import { learnDetectorWeights, withinBounds } from "./detector-weights.ts";

const label = (
  isTrueAnomaly: boolean,
  pValues: Partial<Record<DetectorName, number>>,
  service = "shop",
): Label => ({
  anomalyId: "a",
  service,
  kind: "t",
  templateId: "t",
  timeMs: 0,
  score: 0.95,
  isTrueAnomaly,
  detectors: Object.entries(pValues).map(([detector, ownPValue]) => ({ detector, pValue: 1, ownPValue })),
  createdAtMs: 0,
});
const times = (count: number, make: (index: number) => Label) =>
  Array.from({ length: count }, (_, i) => make(i));
const weightsOf = (labels: readonly Label[]) =>
  Object.fromEntries(learnDetectorWeights(labels).map(({ detector, weight }) => [detector, weight]));

/** The rate cries wolf, the n-gram is right, the gap says the same of all. */
const telling = (confirmed: number, expected: number) => [
  ...times(confirmed, (i) => label(true, { ngram: 1e-7, rate: 0.3, gap: 1e-3 }, `s${i}`)),
  ...times(expected, (i) => label(false, { ngram: 0.4, rate: 1e-7, gap: 1e-3 }, `s${i}`)),
];

describe("the weights of detectors", () => {
  it.each([
    ["no labels at all", []],
    ["29 labels", telling(15, 14)],
    ["four true anomalies", telling(4, 60)],
    ["four false alarms", telling(60, 4)],
  ])("are none, which is alike, for %s", (_, labels) => {
    expect(learnDetectorWeights(labels)).toEqual([]);
  });

  it("are those of the newest 1,000 labels, whatever was said before", () => {
    const newest = telling(500, 500);
    const contrary = telling(600, 600).map((one) => ({ ...one, isTrueAnomaly: !one.isTrueAnomaly }));
    expect(weightsOf([...newest, ...contrary])).toEqual(weightsOf(newest));
  });

  it("are higher for a detector that was right, lower for one that cried wolf, over all services", () => {
    const { ngram = 0, rate = 0, gap = 0 } = weightsOf(telling(15, 15));
    expect(ngram).toBeGreaterThan(1.5);
    expect(rate).toBeLessThan(0.5);
    expect(gap).toBeGreaterThan(rate);
    expect(gap).toBeLessThan(ngram);
    expect((ngram + rate + gap) / 3).toBeCloseTo(1, 12);
  });

  it("stay near 1 where what detectors say has nothing to do with the truth", () => {
    const labels = times(40, (i) => label(i % 2 === 0, { ngram: i % 4 < 2 ? 1e-6 : 0.5, rate: 1e-4 }));
    for (const weight of Object.values(weightsOf(labels))) expect(Math.abs(weight - 1)).toBeLessThan(0.1);
  });

  it("take a p-value of 0 and detectors of another version", () => {
    const labels = telling(20, 20).map((one) => ({
      ...one,
      detectors: [...one.detectors, { detector: "oracle", pValue: 0, ownPValue: 0 }],
    }));
    expect(Object.keys(weightsOf(labels))).toEqual(["ngram", "rate", "gap"]);
  });

  it("keep their bounds and their mean, whatever the labels", () => {
    const pValues = fc.dictionary(
      fc.constantFrom(...DETECTOR_NAMES),
      fc.double({ min: 0, max: 1, noNaN: true }),
      { minKeys: 1 },
    );
    fc.assert(
      fc.property(
        fc.array(pValues, { minLength: 15, maxLength: 40 }),
        fc.array(pValues, { minLength: 15, maxLength: 40 }),
        (confirmed, expected) => {
          const labels = [
            ...confirmed.map((one) => label(true, one)),
            ...expected.map((one) => label(false, one)),
          ];
          const weights = learnDetectorWeights(labels).map(({ weight }) => weight);
          expect(weights.reduce((sum, weight) => sum + weight, 0) / weights.length).toBeCloseTo(1, 9);
          expect(Math.min(...weights)).toBeGreaterThanOrEqual(0.25);
          expect(Math.max(...weights)).toBeLessThanOrEqual(4);
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe("values within the bounds", () => {
  it("are the nearest ones: no small exchange between two of them comes nearer", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { minLength: 2, maxLength: 9 }),
        (values) => {
          const nearest = withinBounds(values);
          const distance = (all: readonly number[]) =>
            all.reduce((sum, value, at) => sum + (value - (values[at] ?? 0)) ** 2, 0);
          for (const [from, give] of nearest.entries())
            for (const [to, take] of nearest.entries()) {
              if (from === to || give - 1e-3 < 0.25 || take + 1e-3 > 4) continue;
              const exchanged = nearest.with(from, give - 1e-3).with(to, take + 1e-3);
              expect(distance(exchanged)).toBeGreaterThan(distance(nearest) - 1e-9);
            }
        },
      ),
    );
  });
});

describe("equal weights", () => {
  const pValues = fc.array(fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constant(Number.NaN)));
  it("give the same p-value as none, to the last bit", () => {
    fc.assert(
      fc.property(pValues, (all) => {
        expect(
          combine(
            all,
            all.map(() => 1),
          ),
        ).toBe(combine(all));
        const said = all.filter((one) => !Number.isNaN(one));
        expect(combine(all)).toBe(combine(said));
      }),
    );
  });

  it("and others one that is ruled by those with the higher weights, between the least and the greatest", () => {
    expect(combine([1e-6, 0.5], [4, 1])).toBeLessThan(combine([1e-6, 0.5]));
    expect(combine([1e-6, 0.5], [1, 4])).toBeGreaterThan(combine([1e-6, 0.5]));
    expect(combine([1e-6, 1], [0.25, 4])).toBeCloseTo(1e-6, 18);
    const found = [{ pValue: 1e-6, detector: 2 }];
    expect(jointStrength(found, (weight) => weight)).toBeCloseTo(2 * jointStrength(found, () => 1), 9);
  });
});
