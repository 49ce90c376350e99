import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CanaryAnswer, grade } from "./grade.ts";

const answer = (surprise: number, score: number, isAnomaly = false): CanaryAnswer => ({
  surprise,
  score,
  isAnomaly,
});
const known = { hasVerdicts: true, isPredictable: true };
/** Ten answers from 0 on. */
const NORMAL = Array.from({ length: 10 }, (_, at) => answer(at, at / 20));
const number = fc.double({ min: -100, max: 100, noNaN: true });

describe("recall", () => {
  it("counts what both the model and the verdict find odder than three of four normal ones", () => {
    const odd = [
      answer(7.1, 0.4),
      answer(7, 0.4), // the model finds it no odder
      answer(20, 0.35), // the verdict does not
      answer(20, 0.9),
    ];
    expect(grade([{ normal: NORMAL, beside: NORMAL, odd, ...known }])).toEqual({
      odd: 4,
      found: 2,
      normal: 10,
      flagged: 0,
    });
  });

  it("counts what is found odder than half of the normal ones where the order is not predictable", () => {
    const odd = [answer(5.1, 0.3), answer(5, 0.3), answer(9, 0.25)];
    const unpredictable = { ...known, isPredictable: false };
    expect(grade([{ normal: NORMAL, beside: NORMAL, odd, ...unpredictable }]).found).toBe(1);
  });

  it("is measured against each service's own normal sequences", () => {
    const loud = NORMAL.map(({ surprise, score }) => answer(surprise + 50, score));
    const odd = [answer(20, 0.9)];
    expect(grade([{ normal: NORMAL, beside: NORMAL, odd, ...known }]).found).toBe(1);
    expect(grade([{ normal: loud, beside: loud, odd, ...known }]).found).toBe(0);
  });

  it("compares the model within one choice, and the verdict with that on normal ones by themselves", () => {
    const beside = NORMAL.map(() => answer(2.2, 0.9));
    const normal = NORMAL.map(() => answer(0, 0));
    const found = (odd: CanaryAnswer) => grade([{ normal, beside, odd: [odd], ...known }]).found;
    expect(found(answer(9, 0.8))).toBe(1);
    expect(found(answer(2.2, 0.8))).toBe(0);
    expect(found(answer(9, 0))).toBe(0);
  });

  it("is 0 when every sequence is answered alike", () => {
    fc.assert(
      fc.property(number, number, fc.boolean(), (surprise, score, isAnomaly) => {
        const same = Array.from({ length: 16 }, () => answer(surprise, score, isAnomaly));
        expect(grade([{ normal: same, beside: same, odd: same, ...known }]).found).toBe(0);
      }),
    );
  });

  it("is 0 when odd and normal are turned around, or when either judge says nothing", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(number, number), { minLength: 1, maxLength: 20 }), (values) => {
        const odd = values.map(([surprise, score]) => answer(surprise, score));
        const above = odd.map(({ surprise, score }) => answer(surprise + 300, score + 300));
        expect(grade([{ normal: above, beside: above, odd, ...known }]).found).toBe(0);
        const silent = above.map(({ score }) => answer(Number.NaN, score));
        const unjudged = above.map(({ surprise }) => answer(surprise, Number.NaN));
        for (const broken of [silent, unjudged]) {
          expect(grade([{ normal: odd, beside: odd, odd: broken, ...known }]).found).toBe(0);
          expect(grade([{ normal: broken, beside: broken, odd: above, ...known }]).found).toBe(0);
        }
      }),
    );
  });

  it("is the model's alone where there are no verdicts yet, and no false alarms are counted there", () => {
    const odd = [answer(6, Number.NaN), answer(5, 1)];
    const normal = NORMAL.map(({ surprise }) => answer(surprise, Number.NaN, true));
    expect(grade([{ normal, beside: normal, odd, ...known, hasVerdicts: false }])).toEqual({
      odd: 2,
      found: 1,
      normal: 0,
      flagged: 0,
    });
  });

  it("is of nothing where nothing was asked", () => {
    expect(grade([])).toEqual({ odd: 0, found: 0, normal: 0, flagged: 0 });
    expect(grade([{ normal: [], beside: [], odd: [answer(9, 9)], ...known }])).toMatchObject({
      odd: 1,
      found: 0,
    });
  });
});

it("normal sequences that would alert are counted", () => {
  const normal = [answer(0, 0.9, true), answer(0, 0.1), answer(0, 0.95, true)];
  expect(grade([{ normal, beside: normal, odd: [], ...known }])).toMatchObject({ normal: 3, flagged: 2 });
});
