import { expect, it } from "vitest";
import { createConnectionAge } from "./connection-age.ts";

it("a connection is old some time after its first request, each a bit sooner or later", () => {
  let nowMs = 0;
  const randoms = [0, 0.999];
  const isOld = createConnectionAge(
    1_000,
    () => nowMs,
    () => randoms.shift() ?? 0.5,
  );
  const [early, late] = [{}, {}];
  const seen = () => [isOld(early), isOld(late)];
  expect(seen()).toEqual([false, false]);
  nowMs = 901;
  expect(seen()).toEqual([true, false]);
  nowMs = 1_100;
  expect(seen()).toEqual([true, true]);
  expect(isOld({})).toBe(false);
});
