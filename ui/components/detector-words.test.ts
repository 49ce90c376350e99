import { expect, test } from "vitest";
import { isLedBySequence } from "./detector-words.ts";

test("the sequence comes first where a detector of sequences made most of the score, in whatever order they are told", () => {
  const parameter = { detector: "parameter", share: 0.6 };
  const model = { detector: "event-model", share: 0.4 };
  expect(isLedBySequence([parameter, model])).toBe(false);
  expect(isLedBySequence([model, parameter])).toBe(false);
  expect(isLedBySequence([parameter, { ...model, share: 0.7 }])).toBe(true);
  expect(isLedBySequence([{ detector: "length", share: 1 }])).toBe(true);
  expect(isLedBySequence([{ detector: "unheard-of", share: 1 }])).toBe(false);
  expect(isLedBySequence([])).toBe(false);
});
