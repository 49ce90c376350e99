import { expect, it } from "vitest";
import { createRateLimit } from "./rate-limit.ts";

it("lets a burst pass, then so many a second, each client for itself", () => {
  let nowMs = 0;
  const waitOf = createRateLimit({ perSecond: 2, burst: 3 }, () => nowMs);
  expect([1, 2, 3].map(() => waitOf("a"))).toEqual([0, 0, 0]);
  expect(waitOf("a")).toBe(500);
  expect(waitOf("b")).toBe(0);
  nowMs = 400;
  expect(waitOf("a")).toBe(100);
  nowMs = 500;
  expect([waitOf("a"), waitOf("a")]).toEqual([0, 500]);
  // What was not used is saved up to the burst, and no further.
  nowMs = 1_000_000;
  expect([1, 2, 3, 4].map(() => waitOf("a"))).toEqual([0, 0, 0, 500]);
});

it("asks who was refused to wait no longer for having asked", () => {
  let nowMs = 0;
  const waitOf = createRateLimit({ perSecond: 1, burst: 1 }, () => nowMs);
  expect(waitOf("a")).toBe(0);
  for (let i = 0; i < 100; i += 1) expect(waitOf("a")).toBe(1_000);
  nowMs = 1_000;
  expect(waitOf("a")).toBe(0);
});
