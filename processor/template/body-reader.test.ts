import fc from "fast-check";
import { expect, it } from "vitest";
import { createBodyReader } from "./body-reader.ts";
import { maskBody, spanTexts } from "./mask.ts";

const LIMITS = { max_body_characters: 200, max_tokens: 8 };
const word = fc.constantFrom(
  "Received",
  "block",
  "blk_17",
  "blk_-42",
  "of",
  "size",
  "12",
  "3",
  "seconds",
  "(2.0",
  "KB)",
  "for",
  "user",
  "anna",
  "Mon",
  "10.0.0.1:80",
);
const body = fc
  .array(fc.tuple(word, fc.constantFrom(" ", "  ", "\t", "\n", "\u00a0")), { maxLength: 12 })
  .map((parts) => parts.flat().join(""));

it("reads a body as it is read by itself, however often the like of it has come", () => {
  const read = createBodyReader(LIMITS);
  fc.assert(
    fc.property(fc.array(body, { maxLength: 30 }), (bodies) => {
      for (const one of [...bodies, ...bodies]) {
        const { known, raw } = read(one);
        expect({ tokens: known.tokens, raw: spanTexts(raw, known.spans) }).toEqual(maskBody(one, LIMITS));
      }
    }),
  );
});

it("knows bodies that read alike for the same, and those that were cut for others", () => {
  const read = createBodyReader(LIMITS);
  expect(read("took 12 ms").known).toBe(read("took 7  ms").known);
  expect(read("took 12 ms").known).not.toBe(read("took 12 MB").known);
  const whole = "a b c d e f g h";
  expect(read(whole).known).not.toBe(read(`${whole} i`).known);
});
