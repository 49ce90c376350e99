import { describe, expect, test } from "vitest";
import { overtakenInWords, ownWords, unseenWord } from "./verdict-words.ts";

const word = (id: string, author: string | null, isTrueAnomaly = true) => ({
  id,
  author,
  isTrueAnomaly,
  createdAt: "2026-01-05T08:00:00.000Z",
});

describe("what was said of an anomaly", () => {
  test("is unseen where the page does not show it, the last first", () => {
    const said = [word("1", "alice"), word("2", "bob"), word("3", "bob")];
    expect(unseenWord(said, [])).toBe(said[2]);
    expect(unseenWord(said, ["3", "1"])).toBe(said[1]);
    expect(unseenWord(said, ["1", "2", "3", "undone"])).toBeUndefined();
    expect(unseenWord([], ["1"])).toBeUndefined();
  });

  test("gives way to one's next word where it is one's own, or nobody's", () => {
    const said = [word("1", "alice"), word("2", "bob"), word("3", null)];
    expect(ownWords(said, "alice").map(({ id }) => id)).toEqual(["1", "3"]);
    expect(ownWords(said, "bob").map(({ id }) => id)).toEqual(["2", "3"]);
  });

  test("is told by name and time to who has not seen it", () => {
    const nowMs = Date.parse("2026-01-05T08:02:00.000Z");
    const { message, remedy } = overtakenInWords(word("1", "alice"), false, nowMs);
    expect(message).toBe("alice said Real 2 min ago, which this page did not show yet.");
    expect(remedy).toBe("Nothing of yours is stored. Say Expected again if it is so all the same.");
    expect(overtakenInWords(word("1", null, false), undefined, nowMs)).toEqual({
      message: "Somebody said Expected 2 min ago, which this page did not show yet.",
      remedy: "Nothing of yours is stored. Undo again to take that back.",
    });
  });
});
