import fc from "fast-check";
import { expect, it } from "vitest";
import { unescapeOnce } from "./unescape.ts";

const ESC = "\u001b";

it.each([
  ["%22password%22%3A%22a%20b%22", '"password":"a b"'],
  ["{\\u0022a\\u0022:\\x22b\\x22}", '{"a":"b"}'],
  ['one\\ntwo\\tthree \\"four\\"', 'one\ntwo\tthree "four"'],
  ["&quot;a&quot; &amp; &#39;b&#39;", "\"a\" & 'b'"],
  [`${ESC}[1;32mok${ESC}[0m \\u001b[31mbad\\u001b[m`, " ok   bad "],
  ["%2522", "%22"],
])("reads %j as %j", (text, read) => {
  expect(unescapeOnce(text)?.text).toBe(read);
});

it.each(["", "100 % of it", "a\\d+ C:\\Users\\All", "%zz %4", "AT&T; &unknown;"])(
  "finds no escapes in %j",
  (text) => {
    expect(unescapeOnce(text)).toBeUndefined();
  },
);

it("tells of every character where it was written, and of the end", () => {
  const piece = fc.constantFrom("a", "%22", "\\n", "\\u0022", `${ESC}[31m`, "&lt;", "\\", "%", "é", "\\x4a");
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const text = pieces.join("");
      const plain = unescapeOnce(text);
      if (plain === undefined) return;
      const places = [...plain.offsets.subarray(0, plain.text.length + 1)];
      expect(places[0]).toBe(0);
      expect(places.at(-1)).toBe(text.length);
      for (const [index, place] of places.slice(0, -1).entries()) {
        const written = text.slice(place, places[index + 1]);
        expect(unescapeOnce(written)?.text ?? written).toBe(plain.text[index]);
      }
    }),
  );
});
