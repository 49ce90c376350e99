import fc from "fast-check";
import { expect, it } from "vitest";
import { dateTime } from "./date-time.ts";

it.each([
  "",
  "yesterday",
  "2026-01-05",
  "2026-01-05T08:00:00",
  "2026-01-05 08:00:00Z",
  "2026-13-05T08:00:00Z",
  "2026-02-29T08:00:00Z",
  "2026-01-05T25:00:00Z",
  1_767_600_000_000,
  true,
  null,
  {},
  ["2026-01-05T08:00:00Z"],
])("refuses %j", (value) => {
  expect(() => dateTime.parseValue(value)).toThrow("a DateTime must be an ISO 8601 text");
});

it("reads time zones and fractions of a second", () => {
  expect(dateTime.parseValue("2026-01-05T08:00:00.250+01:30")).toBe(Date.UTC(2026, 0, 5, 6, 30, 0, 250));
  expect(dateTime.parseValue("2024-02-29T00:00:00Z")).toBe(Date.UTC(2024, 1, 29));
});

it("reads back what it writes", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: Date.UTC(9999, 11, 31) }), (timeMs) => {
      expect(dateTime.parseValue(dateTime.serialize(timeMs))).toBe(timeMs);
    }),
  );
});
