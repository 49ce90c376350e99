import { expect, test } from "vitest";
import { severityTone } from "./severity-tone.ts";

test.each([
  [null, "muted"],
  ["", "muted"],
  ["chatty", "muted"],
  ["INFO", "muted"],
  ["warning", "warning"],
  ["WARN3", "warning"],
  ["error", "danger"],
  ["FATAL", "danger"],
])("severity %s is %s", (severity, tone) => {
  expect(severityTone(severity)).toBe(tone);
});
