import { describe, expect, it } from "vitest";
import { createRateMeter, type RateMeter } from "./rate-meter.ts";

const SECOND_MS = 1_000;
const HOUR_MS = 3_600 * SECOND_MS;
const DAY_MS = 24 * HOUR_MS;
const START_MS = 1_700_000_000_000;
const RECORDS_A_SECOND = 2;

/** A service that writes two records a second for so many hours, in steps of a minute; gives the time at its end. */
function live(meter: RateMeter, hours: number, fromMs: number): number {
  let nowMs = fromMs;
  for (let minute = 0; minute < 60 * hours; minute++) {
    nowMs += 60 * SECOND_MS;
    meter.add(60 * RECORDS_A_SECOND, 0, 0, nowMs, nowMs);
  }
  return nowMs;
}

describe("records a day", () => {
  const usual = RECORDS_A_SECOND * 86_400;

  it("are those of a service that runs evenly", () => {
    const meter = createRateMeter();
    live(meter, 48, START_MS);
    expect(meter.recordsPerDay() / usual).toBeCloseTo(1, 1);
  });

  it.each([
    ["the clock was set forward by thirty years", 30 * 365 * DAY_MS],
    ["the clock was set back by thirty years", -30 * 365 * DAY_MS],
    ["the machine stood still for a weekend", 2.5 * DAY_MS],
  ])("are about the same after %s", (_, stepMs) => {
    const meter = createRateMeter();
    const nowMs = live(meter, 24 * 7, START_MS);
    const records = meter.records();
    live(meter, 1, nowMs + stepMs);
    expect(meter.recordsPerDay() / usual).toBeGreaterThan(0.5);
    expect(meter.recordsPerDay() / usual).toBeLessThan(1.5);
    expect(meter.records()).toBeGreaterThan(records / 2);
  });

  it("survive one wrong timestamp, of the past and of the future", () => {
    const meter = createRateMeter();
    let nowMs = live(meter, 24 * 7, START_MS);
    for (const wrongMs of [0, nowMs + 30 * 365 * DAY_MS]) {
      meter.add(1, 0, 0, wrongMs, nowMs);
      nowMs = live(meter, 1, nowMs);
      expect(meter.recordsPerDay() / usual).toBeGreaterThan(0.5);
      expect(meter.recordsPerDay() / usual).toBeLessThan(1.5);
    }
  });

  it("are those of the records' own time in a replay", () => {
    const meter = createRateMeter();
    for (let minute = 0; minute < 2_880; minute++)
      meter.add(60 * RECORDS_A_SECOND, 0, 0, START_MS + 60_000 * minute, START_MS + minute);
    expect(meter.recordsPerDay() / usual).toBeCloseTo(1, 1);
  });
});
