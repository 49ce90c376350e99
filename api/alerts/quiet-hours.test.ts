import { expect, it } from "vitest";
import { DAYS, isQuiet, isTimeZone } from "./quiet-hours.ts";

const night = { time_zone: "Europe/Berlin", from: "22:00", to: "07:00", days: DAYS };
const at = (text: string) => Date.parse(text);

it("is quiet over midnight by the clock of the zone, in summer and in winter", () => {
  // Berlin is UTC+1 in winter, UTC+2 in summer.
  expect(isQuiet([night], at("2026-01-15T20:59:00Z"))).toBe(false);
  expect(isQuiet([night], at("2026-01-15T21:00:00Z"))).toBe(true);
  expect(isQuiet([night], at("2026-01-16T05:59:59Z"))).toBe(true);
  expect(isQuiet([night], at("2026-01-16T06:00:00Z"))).toBe(false);
  expect(isQuiet([night], at("2026-07-15T20:00:00Z"))).toBe(true);
  expect(isQuiet([night], at("2026-07-15T05:00:00Z"))).toBe(false);
});

it("a night belongs to the day on which it begins", () => {
  const friday = { ...night, time_zone: "UTC", days: ["fri"] as const };
  expect(isQuiet([friday], at("2026-01-16T23:00:00Z"))).toBe(true);
  expect(isQuiet([friday], at("2026-01-17T06:59:00Z"))).toBe(true);
  expect(isQuiet([friday], at("2026-01-17T22:30:00Z"))).toBe(false);
  expect(isQuiet([friday], at("2026-01-16T06:00:00Z"))).toBe(false);
});

it("the same time twice is a whole day, and without any it is never quiet", () => {
  const weekend = { time_zone: "UTC", from: "00:00", to: "00:00", days: ["sat", "sun"] as const };
  expect(isQuiet([weekend], at("2026-01-17T00:00:00Z"))).toBe(true);
  expect(isQuiet([weekend], at("2026-01-18T23:59:00Z"))).toBe(true);
  expect(isQuiet([weekend], at("2026-01-19T00:00:00Z"))).toBe(false);
  expect(isQuiet([], at("2026-01-17T00:00:00Z"))).toBe(false);
});

it("knows the names of time zones", () => {
  expect(isTimeZone("Europe/Berlin")).toBe(true);
  expect(isTimeZone("Mars/Olympus")).toBe(false);
});
