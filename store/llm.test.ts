import fc from "fast-check";
import { expect, it } from "vitest";
import { roomAtMs } from "./llm.ts";

const MINUTE = { spanMs: 60, max: 2 };
const HOUR = { spanMs: 3_600, max: 3 };

it("leaves room until a limit is reached, and again when its oldest call has passed", () => {
  expect(roomAtMs([], [MINUTE, HOUR], 100)).toBeUndefined();
  expect(roomAtMs([90], [MINUTE, HOUR], 100)).toBeUndefined();
  expect(roomAtMs([99, 90], [MINUTE, HOUR], 100)).toBe(150);
  expect(roomAtMs([10, 20, 30], [MINUTE, HOUR], 100)).toBe(3_610);
  expect(roomAtMs([99, 90], [MINUTE, HOUR], 150)).toBeUndefined();
});

it("waits for the strictest of its limits", () => {
  expect(roomAtMs([97, 98, 99], [MINUTE, HOUR], 100)).toBe(3_697);
});

it("never leaves room where nothing is allowed", () => {
  expect(roomAtMs([], [{ spanMs: 60, max: 0 }], 100)).toBe(160);
});

it("is not bound by calls from a clock that was ahead", () => {
  expect(roomAtMs([5_000, 5_001, 5_002], [MINUTE, HOUR], 100)).toBeUndefined();
});

it("is never overdrawn in any span, whatever the order of the tries", () => {
  const tries = fc.array(fc.nat({ max: 500 }), { maxLength: 60 });
  fc.assert(
    fc.property(tries, fc.integer({ min: 1, max: 5 }), (times, max) => {
      const limit = { spanMs: 100, max };
      const calls: number[] = [];
      for (const atMs of times.sort((a, b) => a - b)) {
        const room = roomAtMs(calls, [limit], atMs);
        if (room === undefined) calls.push(atMs);
        else expect(room).toBeGreaterThan(atMs);
      }
      for (const end of calls)
        expect(calls.filter((one) => one > end - 100 && one <= end).length).toBeLessThanOrEqual(max);
    }),
  );
});
