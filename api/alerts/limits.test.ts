import { describe, expect, it } from "vitest";
import { roomToPlan, roomToSend } from "./limits.ts";

const DAYTIME_MS = Date.parse("2026-01-15T12:00:00Z");
const LIMITS = {
  limit_per_hour: 20,
  quiet_hours: [{ time_zone: "UTC", from: "22:00", to: "07:00", days: ["thu" as const] }],
};
const LOAD = { lastHour: 5, waiting: 0, failing: 0, troubled: 0, troubledDue: 0 };
const plan = (load: Partial<typeof LOAD>, limits = LIMITS) =>
  roomToPlan(limits, { ...LOAD, ...load }, DAYTIME_MS);

describe("messages about incidents", () => {
  it("are sent up to the limit of an hour, and not in quiet hours", () => {
    expect(roomToSend(LIMITS, LOAD, DAYTIME_MS)).toBe(15);
    expect(roomToSend(LIMITS, { lastHour: 30 }, DAYTIME_MS)).toBe(0);
    expect(roomToSend(LIMITS, LOAD, Date.parse("2026-01-15T23:00:00Z"))).toBe(0);
  });

  it("are planned as far as they may be sent with those that wait, fifty at most", () => {
    expect(plan({ waiting: 3 })).toBe(12);
    expect(plan({ waiting: 15 })).toBe(0);
    expect(plan({ waiting: 45 }, { ...LIMITS, limit_per_hour: 1_000 })).toBe(5);
    expect(roomToPlan(LIMITS, LOAD, Date.parse("2026-01-15T23:00:00Z"))).toBe(0);
  });

  it("that the receiver does not take leave room for one more to try, and for all once it has taken that one", () => {
    const one = { ...LIMITS, limit_per_hour: 1 };
    expect(plan({ lastHour: 0, waiting: 1, failing: 1 }, one)).toBe(1);
    expect(plan({ lastHour: 0, waiting: 2, failing: 2 }, one)).toBe(0);
    expect(plan({ lastHour: 1, waiting: 1, failing: 0, troubled: 1 }, one)).toBe(0);
    expect(plan({ lastHour: 0, waiting: 1, failing: 0, troubled: 1 }, one)).toBe(1);
  });

  it("that may be tried again have a place among those that are new", () => {
    expect(plan({ waiting: 3, troubled: 3, troubledDue: 2 })).toBe(14);
    expect(plan({ lastHour: 19, waiting: 1, troubled: 1, troubledDue: 1 })).toBe(0);
    expect(plan({ lastHour: 19, waiting: 1, troubled: 1, troubledDue: 0 })).toBe(1);
  });
});
