import { describe, expect, it } from "vitest";
import { createWeekRhythm, type WeekRhythm } from "./week-rhythm.ts";

const HOUR_MS = 3_600_000;
const START_MS = 473_000 * HOUR_MS;
const YEAR_MS = 365 * 24 * HOUR_MS;

/** Ten events in an hour of the day's second half, one in any other, from hour to hour. */
function live(rhythm: WeekRhythm, fromHour: number, hours: number): void {
  for (let hour = fromHour; hour < fromHour + hours; hour++)
    for (let event = 0; event < (hour % 24 < 12 ? 1 : 10); event++)
      rhythm.learn(START_MS + hour * HOUR_MS + event * 1_000);
}

const factorsOf = (rhythm: WeekRhythm, fromHour: number) =>
  Array.from({ length: 168 }, (_, hour) => rhythm.factorAt(START_MS + (fromHour + hour) * HOUR_MS));

describe("the rhythm of a week", () => {
  it("is believed after two weeks, and tells busy hours from others", () => {
    const rhythm = createWeekRhythm();
    live(rhythm, 0, 300);
    expect(new Set(factorsOf(rhythm, 0))).toEqual(new Set([1]));
    live(rhythm, 300, 100);
    expect(rhythm.factorAt(START_MS + 18 * HOUR_MS)).toBeGreaterThan(1.3);
    expect(rhythm.factorAt(START_MS + 6 * HOUR_MS)).toBeLessThan(0.7);
  });

  it("is not believed sooner for timestamps of other years among the events", () => {
    const rhythm = createWeekRhythm();
    for (let hour = 0; hour < 48; hour += 8) {
      live(rhythm, hour, 8);
      rhythm.learn(START_MS + YEAR_MS * (1 + hour));
    }
    expect(new Set(factorsOf(rhythm, 0))).toEqual(new Set([1]));
  });

  it("is about the same after them", () => {
    const rhythm = createWeekRhythm();
    live(rhythm, 0, 3 * 168);
    const before = factorsOf(rhythm, 0);
    for (let hour = 3 * 168; hour < 4 * 168; hour += 8) {
      rhythm.learn(START_MS + YEAR_MS * (1 + hour));
      live(rhythm, hour, 8);
    }
    for (const [hour, factor] of factorsOf(rhythm, 0).entries()) {
      expect(factor).toBeGreaterThan(0.7 * (before[hour] ?? 0));
      expect(factor).toBeLessThan(1.4 * (before[hour] ?? 0));
    }
  });

  it("knows hours in which nothing comes", () => {
    const rhythm = createWeekRhythm();
    for (let day = 0; day < 28; day++) live(rhythm, 24 * day + 12, 12);
    expect(rhythm.factorAt(START_MS + 6 * HOUR_MS)).toBeLessThan(0.5);
  });
});
