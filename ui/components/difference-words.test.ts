import { expect, test } from "vitest";
import { describeDifference } from "./difference-words.ts";

const rows = (...kinds: ("same" | "replaced" | "added" | "missing")[]) => kinds.map((kind) => ({ kind }));

test.each([
  [
    rows("same", "same"),
    "The same events came in the same order in a normal sequence, seen 09:12:04: what is odd is no matter of order.",
  ],
  [rows("same", "added"), "1 event differs from the nearest normal sequence, seen 09:12:04: 1 is extra."],
  [
    rows("replaced", "same", "missing", "missing"),
    "3 events differ from the nearest normal sequence, seen 09:12:04: 1 came instead of another, 2 are missing.",
  ],
  [
    rows("replaced", "replaced", "added", "added"),
    "4 events differ from the nearest normal sequence, seen 09:12:04: 2 came instead of others, 2 are extra.",
  ],
])("%j reads %s", (aligned, text) => {
  expect(describeDifference(aligned, "09:12:04")).toBe(text);
});
