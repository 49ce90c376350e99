import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Label } from "../../store/label.ts";
import { expectedKinds, floorOf, strengthOf } from "./expected-kinds.ts";

const label = (
  fields: Partial<Label> & { readonly found?: Readonly<Record<string, number>> } = {},
): Label => {
  const { found = { ngram: 1e-6 }, ...rest } = fields;
  return {
    anomalyId: "a",
    service: "shop",
    kind: "t",
    templateId: "t",
    timeMs: 0,
    score: 0.95,
    isTrueAnomaly: false,
    detectors: Object.entries(found).map(([detector, pValue]) => ({ detector, pValue, ownPValue: pValue })),
    createdAtMs: 0,
    ...rest,
  };
};
const near = (pValue: number) => expect.closeTo(-Math.log(pValue), 9);
const EXPECTED = label();
const CONFIRMED = label({ isTrueAnomaly: true });
/** What is expected of template t. @param words newest first */
const expectedOf = (...words: readonly Label[]) => expectedKinds(words).get("t")?.[0];

describe("what people called expected", () => {
  it("is a share that grows with their number, and the oddest of it", () => {
    expect(expectedOf(EXPECTED)).toEqual({ claim: "message", share: 1 / 2, strength: near(1e-6) });
    const odder = label({ found: { ngram: 1e-8 } });
    expect(expectedOf(EXPECTED, odder, EXPECTED)).toMatchObject({ share: 3 / 4, strength: near(1e-8) });
  });

  it("counts less beside true anomalies, and not at all when these are as many or the newest word", () => {
    expect(expectedOf(EXPECTED, CONFIRMED, EXPECTED)?.share).toBe(2 / 4);
    expect(expectedOf(EXPECTED, CONFIRMED)).toBeUndefined();
    expect(expectedOf(CONFIRMED, EXPECTED, EXPECTED, EXPECTED)).toBeUndefined();
    expect(expectedOf()).toBeUndefined();
  });

  it("is about its kind and its claim alone", () => {
    const kinds = expectedKinds([
      EXPECTED,
      label({ kind: "end t", isTrueAnomaly: true }),
      label({ found: { rate: 1e-6, ngram: 1e-3 }, isTrueAnomaly: true }),
      label({ kind: "end u" }),
      label({ kind: "silence t", found: { rate: 1e-6 } }),
    ]);
    const told = [...kinds].flatMap(([kind, claims]) => claims.map(({ claim }) => [kind, claim]));
    expect(told).toEqual([
      ["t", "message"],
      ["end u", "message"],
      ["silence t", "rate"],
    ]);
  });

  it("is as odd as the detectors found it before earlier words, and about what those had left the oddest", () => {
    const detectors = [
      { detector: "ngram", pValue: 0.5, ownPValue: 1e-9 },
      { detector: "rate", pValue: 1e-5, ownPValue: 1e-7 },
    ];
    expect(expectedOf(label({ detectors }))).toEqual({ claim: "rate", share: 1 / 2, strength: near(1e-7) });
  });

  it("is about how often it came when the rate was the oddest, wherever it stands in the list", () => {
    const burst = label({ found: { ngram: 0.01, rate: 1e-5 } });
    expect(expectedOf(burst)).toEqual({ claim: "rate", share: 1 / 2, strength: near(1e-5) });
  });
});

describe("the floor under a p-value", () => {
  const expected = { claim: "message", share: 0.5, strength: 13 } as const;
  const strength = fc.double({ min: 0, max: 700, noNaN: true });

  it("is the share up to two nats beyond the oddest, and falls with scale 1 behind it", () => {
    expect(floorOf(expected, 0)).toBe(0.5);
    expect(floorOf(expected, 15)).toBe(0.5);
    expect(floorOf(expected, 15 + Math.log(1_000))).toBeCloseTo(0.0005, 9);
  });

  it("is a probability that falls as strength rises, and rises with what is expected", () => {
    fc.assert(
      fc.property(strength, strength, strength, (a, b, known) => {
        const [weaker, stronger] = a < b ? [a, b] : [b, a];
        const one = { ...expected, strength: known };
        expect(floorOf(one, stronger)).toBeLessThanOrEqual(floorOf(one, weaker));
        expect(floorOf({ ...one, strength: known + 1 }, a)).toBeGreaterThanOrEqual(floorOf(one, a));
        expect(floorOf(one, a)).toBeGreaterThanOrEqual(0);
        expect(floorOf(one, a)).toBeLessThanOrEqual(one.share);
      }),
    );
  });

  it("hears all of a session's detectors together", () => {
    const found = [
      { detector: "length", pValue: 1e-3 },
      { detector: "count-vector", pValue: 1e-3 },
    ];
    expect(strengthOf(found, "message", "session")).toBeGreaterThan(strengthOf(found, "message", "event"));
  });

  it("hears the oddest detector of its claim, however many an event has, and no other", () => {
    const found = [
      { detector: "ngram", pValue: 1e-4 },
      { detector: "rate", pValue: 1e-9 },
    ];
    expect(strengthOf(found, "message", "event")).toBeCloseTo(-Math.log(1e-4), 9);
    const more = [...found, { detector: "gap", pValue: 1e-4 }, { detector: "length", pValue: 1 }];
    expect(strengthOf(more, "message", "event")).toBe(strengthOf(found, "message", "event"));
    expect(Number.isFinite(strengthOf([{ detector: "gap", pValue: 0 }], "message", "event"))).toBe(true);
    expect(strengthOf([], "rate", "event")).toBe(0);
  });
});
