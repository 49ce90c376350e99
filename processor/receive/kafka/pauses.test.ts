import { expect, it } from "vitest";
import { pauseMs } from "./pauses.ts";

it("grows from try to try up to ten seconds, or to what is asked for up to then", () => {
  expect([1, 2, 3, 6, 7, 1_000].map((tries) => pauseMs(tries))).toEqual([
    200, 400, 800, 6_400, 10_000, 10_000,
  ]);
  expect(pauseMs(1, 3_000)).toBe(3_000);
  expect(pauseMs(1, 3_600_000)).toBe(10_000);
});
