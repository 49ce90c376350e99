import { expect, test } from "vitest";
import type { CanaryStatus } from "../../store/store.ts";
import { detectorOfAll } from "./detector-of-all.ts";

const collapsed = (collapsedAtMs: number): CanaryStatus => ({
  state: "collapsed",
  recallRatio: 0,
  collapsedAtMs,
});
const well = (collapsedAtMs: number, recoveredAtMs: number): CanaryStatus => ({
  state: "well",
  recallRatio: 1,
  collapsedAtMs,
  recoveredAtMs,
});
const of = (canaries: readonly (CanaryStatus | undefined)[], knownAtMs?: number) =>
  detectorOfAll(
    canaries.map((canary) => ({ canary })),
    knownAtMs,
  );

test("nothing is told of detectors that have always worked, or of which nothing is known", () => {
  expect(of([])).toBeUndefined();
  expect(of([undefined, { state: "well", recallRatio: 1 }])).toBeUndefined();
});

test("one stage speaks for itself", () => {
  for (const canary of [collapsed(10), well(10, 20), { state: "off", collapsedAtMs: 10 } as const])
    expect(of([canary])).toEqual(canary);
});

test("it works again when it does in all stages, since the last of them", () => {
  expect(of([well(10, 30), collapsed(20)])).toEqual(collapsed(10));
  expect(of([well(10, 30), well(20, 40)])).toEqual(well(10, 40));
  expect(of([well(10, 30), { state: "waiting", collapsedAtMs: 20 }])).toEqual({
    state: "waiting",
    collapsedAtMs: 10,
  });
});

test("a collapse after the recovery of another stage is another one", () => {
  expect(of([well(10, 30), collapsed(40)])).toEqual(collapsed(40));
});

test("what was told of one stays what is told of it, though another stage's clock is behind", () => {
  expect(of([collapsed(10), collapsed(9)], 10)).toEqual(collapsed(10));
  expect(of([well(10, 30), well(9, 40)], 10)).toEqual(well(10, 40));
  expect(of([collapsed(50)], 10)).toEqual(collapsed(50));
});
