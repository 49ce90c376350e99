import { expect, it } from "vitest";
import { describeLlmFailure } from "./llm-words.ts";

const NOW = new Date(2026, 10, 30, 12, 0, 0).getTime();
const later = (minutes: number) => new Date(NOW + minutes * 60_000).toISOString();

it("says why there is no explanation, and that the plain one holds", () => {
  expect(describeLlmFailure({ reason: "SERVER_ERROR", detail: "HTTP 503", retryAt: null }, NOW)).toBe(
    "The language model gave no explanation: it has failed (HTTP 503). The plain one above holds.",
  );
});

it("says when asking again is of use, until then", () => {
  const failure = { reason: "OVER_BUDGET", detail: null, retryAt: later(5) } as const;
  expect(describeLlmFailure(failure, NOW)).toContain("It can be asked again from 12:05:00.");
  expect(describeLlmFailure(failure, NOW + 600_000)).not.toContain("asked again");
});
