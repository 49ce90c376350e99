import fc from "fast-check";
import { expect, it } from "vitest";
import { createBodyReader } from "./body-reader.ts";
import { maskBody } from "./mask.ts";

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
  const reader = createBodyReader(LIMITS, () => []);
  fc.assert(
    fc.property(fc.array(body, { maxLength: 30 }), (bodies) => {
      for (const one of [...bodies, ...bodies]) {
        const { tokens } = reader.read(one);
        const raw = reader.texts([...tokens.keys()]);
        expect({ tokens, raw }).toEqual(maskBody(one, LIMITS));
      }
    }),
  );
});

it("knows bodies that read alike for the same, and those that were cut for others", () => {
  const { read } = createBodyReader(LIMITS, () => []);
  expect(read("took 12 ms")).toBe(read("took 7  ms"));
  expect(read("took 12 ms")).not.toBe(read("took 12 MB"));
  const whole = "a b c d e f g h";
  expect(read(whole)).not.toBe(read(`${whole} i`));
});
