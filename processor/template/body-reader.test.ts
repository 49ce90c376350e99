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
  const reader = createBodyReader(LIMITS, { findHidden: () => [] });
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
  const { read } = createBodyReader(LIMITS, { findHidden: () => [] });
  expect(read("took 12 ms")).toBe(read("took 7  ms"));
  expect(read("took 12 ms")).not.toBe(read("took 12 MB"));
  const whole = "a b c d e f g h";
  expect(read(whole)).not.toBe(read(`${whole} i`));
});

const hide = (pattern: RegExp) => (text: string) =>
  [...text.matchAll(pattern)].map(({ 0: found, index }) => ({
    start: index,
    end: index + found.length,
    name: "X",
  }));

it("tells nothing of what is hidden, also where masking shows nothing of it", () => {
  const reader = createBodyReader(LIMITS, { findHidden: hide(/(?<=pin=)\S+/g) });
  const { tokens } = reader.read("login pin=4711 took 12 ms");
  expect(tokens).toEqual(["login", "pin=<NUM>", "took", "<DUR>"]);
  expect(reader.texts([1, 3])).toEqual(["pin=<NUM>", "12 ms"]);
});

it("hides what a body that is masked alike does not hide, where it is told to read it alone", () => {
  const isCustomer = /C-\d{8}/;
  const reader = createBodyReader(LIMITS, {
    findHidden: hide(/C-\d{8}/g),
    isReadAlone: (body) => isCustomer.test(body),
  });
  expect(reader.read("customer C-12 paid").tokens).toEqual(["customer", "C-<*>", "paid"]);
  expect(reader.texts([1])).toEqual(["C-12"]);
  reader.read("customer C-12345678 paid");
  expect(reader.texts([1])).toEqual(["<X>"]);
  reader.read("customer C-13 paid");
  expect(reader.texts([1])).toEqual(["C-13"]);
});

it("tells no value that stands where others would be hidden", () => {
  const findValues = (text: string) =>
    [...text.matchAll(/otp[=:] ?/g)].map(({ 0: name, index }) => index + name.length);
  const reader = createBodyReader(LIMITS, { findHidden: hide(/(?<=otp[=:] ?)\d{6}/g), findValues });
  reader.read("took 3 ms otp=26 on 7");
  reader.read("took 4 ms otp=481516 on 8");
  expect(reader.texts([1, 2, 4])).toEqual(["4 ms", "otp=<NUM>", "8"]);
  reader.read("otp: 26 on 7");
  reader.read("otp: 481516 on 8");
  expect(reader.texts([1, 3])).toEqual(["<NUM>", "8"]);
});

it("tells no long word whose own form is to be hidden, whatever came before it", () => {
  const reader = createBodyReader(LIMITS, { findHidden: hide(/AKIA[A-Z0-9]{16}/g) });
  reader.read("id 0123456789abcdef0123 used");
  const { tokens } = reader.read("id 0123456789abcdef0124 used");
  expect(reader.texts([1])).toEqual(["0123456789abcdef0124"]);
  expect(tokens[1]).not.toBe("0123456789abcdef0124");
});
