import { expect, it } from "vitest";
import { createChangedThresholds } from "./changed-thresholds.ts";

const at = (service: string, value: number) => ({ service, value });

it("only what has changed since it was written down is written down", () => {
  const changed = createChangedThresholds();
  const first = [at("a", 0.8), at("b", 0.9)];
  expect(changed.of(first)).toEqual(first);
  changed.written(first);
  expect(changed.of(first)).toEqual([]);
  const second = [at("a", 0.8), at("b", 0.95), at("c", 0.85)];
  expect(changed.of(second)).toEqual([at("b", 0.95), at("c", 0.85)]);
});

it("what could not be written down is tried again", () => {
  const changed = createChangedThresholds();
  changed.written([at("a", 0.8)]);
  expect(changed.of([at("a", 0.9)])).toEqual([at("a", 0.9)]);
  expect(changed.of([at("a", 0.9)])).toEqual([at("a", 0.9)]);
});

it("now and then all are written down, in case somebody else has changed them", () => {
  const changed = createChangedThresholds();
  const sizes = Array.from({ length: 61 }, () => {
    const some = changed.of([at("a", 0.8)]);
    changed.written([at("a", 0.8)]);
    return some.length;
  });
  expect(sizes.flatMap((size, flush) => (size === 0 ? [] : [flush]))).toEqual([0, 60]);
});
