import { expect, it } from "vitest";
import { retryDelayMs } from "./outcome.ts";

it("waits twice as long each time, up to five minutes", () => {
  expect([0, 1, 2, 3].map((attempts) => retryDelayMs(attempts, undefined, 1))).toEqual([
    2_000, 4_000, 8_000, 16_000,
  ]);
  expect(retryDelayMs(1_000, undefined, 1)).toBe(300_000);
  expect(retryDelayMs(2, undefined, 0)).toBe(4_000);
});

it("waits whole milliseconds, which is what a database keeps", () => {
  expect(Number.isInteger(retryDelayMs(0, undefined, 0.123_456))).toBe(true);
  expect(retryDelayMs(0, 30_000.5, 0)).toBe(30_001);
});

it("waits as long as the receiver asks, up to an hour", () => {
  expect(retryDelayMs(0, 30_000, 0)).toBe(30_000);
  expect(retryDelayMs(0, 86_400_000, 0)).toBe(3_600_000);
  expect(retryDelayMs(9, 1_000, 1)).toBe(300_000);
});
