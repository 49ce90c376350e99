import { expect, it } from "vitest";
import { durationMs } from "./duration.ts";

it.each(["", "x", "-1s", "1w", "1e9", "1 s", "99999999999"])("%j is no duration", (text) => {
  expect(durationMs(text)).toBeUndefined();
});

it.each([
  ["250ms", 250],
  ["1.5s", 1_500],
  ["5m", 300_000],
  ["2h", 7_200_000],
  ["1d", 86_400_000],
  ["90", 90_000],
  ["0", 0],
] as const)("%s is %i ms", (text, ms) => {
  expect(durationMs(text)).toBe(ms);
});
