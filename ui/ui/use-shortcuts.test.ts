import { expect, test } from "vitest";
import { shortcutKey } from "./use-shortcuts.ts";

test.each([
  ["e", false, "e"],
  ["E", true, "E"],
  ["E", false, "e"],
  ["e", true, "E"],
  ["?", true, "?"],
  [" ", false, " "],
  ["Escape", false, "Escape"],
])("%j with Shift %j is %j, whatever Caps Lock says", (key, shiftKey, expected) => {
  expect(shortcutKey({ key, shiftKey })).toBe(expected);
});
