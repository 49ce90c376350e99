import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { visibleText } from "./visible-text.ts";

describe("what would deceive a reader is shown by a sign", () => {
  test.each([
    ["colours of a terminal", "\x1b[31mred\x1b[0m", "␛[31mred␛[0m"],
    ["a line that overwrites itself", "failed\rok", "failed␍ok"],
    ["backspaces, a bell and NUL", "a\b\x07\0", "a␈␇␀"],
    ["delete, and controls of eight bits", "a\x7f\x9b31m", "a␡⟨U+009B⟩31m"],
    ["an override of the direction", "user \u202Enimda\u202C", "user ⟨RLO⟩nimda⟨PDF⟩"],
    ["isolates", "\u2066a\u2069\u2067b\u2068", "⟨LRI⟩a⟨PDI⟩⟨RLI⟩b⟨FSI⟩"],
    ["marks of direction", "\u200Ea\u200Fb\u061C", "⟨LRM⟩a⟨RLM⟩b⟨ALM⟩"],
    ["what takes no room", "pass\u200Bword\uFEFF\u2060\u00AD", "pass⟨ZWSP⟩word⟨BOM⟩⟨WJ⟩⟨SHY⟩"],
    ["line ends that are none", "a\u2028b\u2029c", "a⟨LSEP⟩b⟨PSEP⟩c"],
    ["letters that cannot be seen", "a\u{E0041}b", "a⟨U+E0041⟩b"],
    ["half a character", "a\uD83D", "a\uFFFD"],
  ])("%s", (_, text, shown) => {
    expect(visibleText(text)).toBe(shown);
  });
});

describe("everything else stays", () => {
  test.each([
    "",
    "two\nlines\tand a tab",
    "<script>alert(1)</script> &amp; <b>bold</b>",
    "שלום עולם, مرحبا",
    "நான் می‌خواهم",
    "👩‍👩‍👧 ❤️ 🇩🇪",
    "␛ is a picture already",
  ])("%j", (text) => {
    expect(visibleText(text)).toBe(text);
  });
});

test("whatever comes, nothing deceptive is left, and a second look changes nothing", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const shown = visibleText(text);
      expect(shown).not.toMatch(/(?![\t\n])\p{Cc}|[\u202a-\u202e\u2066-\u2069\u200e\u200f]/u);
      expect(visibleText(shown)).toBe(shown);
    }),
  );
});
