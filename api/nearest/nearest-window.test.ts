import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { editDistance } from "./edit-distance.ts";
import {
  COMPARED_EVENTS_MAX,
  nearestWindow,
  prepareSequences,
  type TemplateSequence,
} from "./nearest-window.ts";

const HOUR_MS = 3_600_000;
const windowOf = (templates: Iterable<string>, timeMs = HOUR_MS) =>
  [...templates].map((template) => ({ template, timeMs }));
const normal = (timeMs: number, templates: string) => ({ timeMs, window: windowOf(templates, timeMs) });
const nearest = <Sequence extends TemplateSequence>(
  window: TemplateSequence["window"],
  candidates: readonly Sequence[],
) => nearestWindow(window, prepareSequences(candidates));
const numbers = (letters: string) => Int32Array.from([...letters], (letter) => letter.charCodeAt(0));

describe("the nearest sequence", () => {
  test("is none where there is nothing to compare", () => {
    expect(nearest(windowOf("abc"), [])).toBeUndefined();
    expect(nearest([], [normal(1, "abc")])).toBeUndefined();
  });

  test("has the smallest edit distance", () => {
    const candidates = [normal(3, "xyz"), normal(2, "abd"), normal(1, "a")];
    expect(nearest(windowOf("abc"), candidates)).toEqual({ sequence: candidates[1], distance: 1 });
  });

  test("of equally near ones is the newest, which comes first", () => {
    const candidates = [normal(3, "abx"), normal(2, "aby"), normal(1, "abz")];
    expect(nearest(windowOf("abc"), candidates)?.sequence.timeMs).toBe(3);
  });

  test("is found by the last events alone", () => {
    const long = `${"x".repeat(50)}${"abcde".repeat(4)}`;
    expect(nearest(windowOf(long), [normal(1, "abcde".repeat(4))])?.distance).toBe(0);
    const apart = nearest(windowOf("y".repeat(100)), [normal(1, "x".repeat(100))]);
    expect(apart?.distance).toBe(COMPARED_EVENTS_MAX);
  });

  test("is nearer than none of the others", () => {
    const letters = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 10 });
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom("a", "b", "c"), minLength: 1, maxLength: 10 }),
        fc.array(letters, { minLength: 1, maxLength: 8 }),
        (wanted, others) => {
          const found = nearest(
            windowOf(wanted),
            others.map((other, i) => normal(-i, other)),
          );
          const distances = others.map((other) => editDistance(numbers(wanted), numbers(other)));
          expect(found?.distance).toBe(Math.min(...distances));
          expect(found?.sequence.timeMs).toBe(-distances.indexOf(Math.min(...distances)));
        },
      ),
    );
  });
});

describe("a sequence is compared", () => {
  const at = (...seconds: number[]) => seconds.map((second) => ({ template: "a", timeMs: second * 1_000 }));

  test.each([
    [at(100, 110), at(20, 39), true],
    [at(100, 110), at(20, 40), false],
    [at(100, 110), at(105, 400), false],
    [at(100, 110), at(170, 400), false],
    [at(100, 110), at(171, 400), true],
    [at(110, 100), at(39, 20), true],
    [at(20), at(), true],
  ])("when more than a minute lies between %j and %j: %s", (window, other, isCompared) => {
    expect(nearest(window, [{ window: other }]) !== undefined).toBe(isCompared);
    if (other.length > 0) expect(nearest(other, [{ window }]) !== undefined).toBe(isCompared);
  });
});
