import { expect, test } from "vitest";
import { tailShare } from "./tail-share.ts";

const counts = (...pairs: readonly (readonly [number, number])[]) =>
  pairs.map(([counted, received]) => ({ counted, received }));

test.each([
  ["nothing is known", counts(), undefined],
  ["one count is no span", counts([1000, 0]), undefined],
  ["too few records to tell", counts([0, 0], [199, 1]), undefined],
  ["a stage that began to count anew", counts([5000, 0], [10, 900]), undefined],
  ["all of them", counts([100, 10], [1100, 1010]), undefined],
  ["a count that is told a little late", counts([0, 0], [1000, 850]), undefined],
  ["a quarter of them", counts([4000, 7], [5000, 200], [6000, 507]), 0.25],
])("%s", (_what, given, share) => {
  expect(tailShare(given)).toBe(share);
});
