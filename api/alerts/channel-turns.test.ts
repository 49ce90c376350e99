import { describe, expect, it } from "vitest";
import { isTime } from "./channel-turns.ts";

const LAST = { atMs: 1_000, nextAtMs: 6_000 };
const IDLE = { name: "ops", hasChanges: false, isActive: false, dueAtMs: undefined, healthKey: undefined };

describe("a channel", () => {
  it("has no turn where there is nothing to do", () => {
    expect(isTime(IDLE, LAST, 1_000_000)).toBe(false);
  });

  it("has one at once when something has changed", () => {
    expect(isTime({ ...IDLE, hasChanges: true }, LAST, 1_001)).toBe(true);
  });

  it("looks at what is open or waits now and then", () => {
    expect(isTime({ ...IDLE, isActive: true }, LAST, 5_999)).toBe(false);
    expect(isTime({ ...IDLE, isActive: true }, LAST, 6_000)).toBe(true);
  });

  it("has one when a message becomes due; one that was due before, and could not be sent, waits with the rest", () => {
    expect(isTime({ ...IDLE, dueAtMs: 3_000 }, LAST, 2_999)).toBe(false);
    expect(isTime({ ...IDLE, dueAtMs: 3_000 }, LAST, 3_000)).toBe(true);
    expect(isTime({ ...IDLE, dueAtMs: 900 }, LAST, 3_000)).toBe(false);
  });

  it("does not wait for a time that a clock since set back has named", () => {
    expect(isTime({ ...IDLE, isActive: true }, { atMs: 900_000, nextAtMs: 905_000 }, 1_000)).toBe(true);
  });
});
