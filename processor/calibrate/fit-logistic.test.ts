import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createLoss, fitLogistic } from "./fit-logistic.ts";

const COMMON = { centre: 1, penalty: 1 };
const OWN = { centre: 0, penalty: 5 };
const RIDGES = [COMMON, OWN, OWN];

/** 30 true and 10 false ones, by Numerical Recipes' generator, so that another program can make the same. */
function aSample() {
  let state = 12_345;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const answers = Array.from({ length: 40 }, (_, i) => i % 4 !== 0);
  const rows = answers.map((answer) => {
    const [a, b, c] = [2 * random(), 2 * random(), 2 * random()];
    return answer ? [a, b, c] : [0.3 * a, 0.5 + 0.75 * b, c];
  });
  return { rows, answers };
}

const sample = fc
  .integer({ min: 1, max: 4 })
  .chain((columns) =>
    fc
      .array(
        fc.tuple(
          fc.array(fc.double({ min: 0, max: 2.1, noNaN: true }), { minLength: columns, maxLength: columns }),
          fc.boolean(),
        ),
        { minLength: 2, maxLength: 60 },
      )
      .filter((all) => new Set(all.map(([, answer]) => answer)).size === 2),
  );

describe("the logistic regression", () => {
  it("finds what plain gradient descent in another language finds", () => {
    const { rows, answers } = aSample();
    const { intercept, slopes } = fitLogistic({ rows, answers, ridges: RIDGES });
    // A thousand steps of w -= 0.02 * gradient in Python, until the gradient was below 1e-13.
    const expected = [-0.27498652171739413, 2.4078922356943595, -0.2677650632213717, 0.07358646599777711];
    for (const [at, value] of [intercept, ...slopes].entries())
      expect(value).toBeCloseTo(expected[at] ?? 0, 9);
  });

  it("ends where the loss rises in every direction", () => {
    fc.assert(
      fc.property(sample, (all) => {
        const rows = all.map(([row]) => row);
        const answers = all.map(([, answer]) => answer);
        const ridges = [COMMON, ...(rows[0] ?? []).slice(1).map(() => OWN)];
        const { intercept, slopes } = fitLogistic({ rows, answers, ridges });
        const best = [intercept, ...slopes];
        const { lossAt: loss } = createLoss({ rows, answers, ridges });
        for (const [at] of best.entries()) {
          const [up, down] = [1e-4, -1e-4].map((step) => loss(best.with(at, (best[at] ?? 0) + step)));
          expect(Math.abs((up ?? 0) - (down ?? 0)) / 2e-4).toBeLessThan(1e-4);
          expect(Math.min(up ?? 0, down ?? 0)).toBeGreaterThanOrEqual(loss(best) - 1e-12);
        }
      }),
      { numRuns: 100 },
    );
  });

  it("gives the same to the last bit every time", () => {
    const { rows, answers } = aSample();
    expect(fitLogistic({ rows, answers, ridges: RIDGES })).toEqual(
      fitLogistic({ rows, answers, ridges: RIDGES }),
    );
  });
});
