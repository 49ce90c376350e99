import { expect, it } from "vitest";
import { severityName } from "./severity.ts";

it.each([-1, 0, 25, 1e9])("has no name for %d", (number) => {
  expect(severityName(number)).toBeNull();
});

it.each([
  [1, "TRACE"],
  [9, "INFO"],
  [10, "INFO2"],
  [18, "ERROR2"],
  [24, "FATAL4"],
])("calls %d %s", (number, name) => {
  expect(severityName(number)).toBe(name);
});
