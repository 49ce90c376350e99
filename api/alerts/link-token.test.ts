import fc from "fast-check";
import { expect, it } from "vitest";
import { readToken, toToken } from "./link-token.ts";

const SECRET = "0123456789abcdef";
const DAY_MS = 86_400_000;
const right = { incidentId: "01M85P60000000000000000000", isTrueAnomaly: false, channel: "ops" };

it("says what it was written for, for seven days", () => {
  const token = toToken(SECRET, right, 0);
  expect(readToken(SECRET, token, 7 * DAY_MS)).toEqual(right);
  expect(readToken(SECRET, token, 7 * DAY_MS + 1_000)).toBeUndefined();
  const real = { ...right, isTrueAnomaly: true };
  expect(readToken(SECRET, toToken(SECRET, real, 0), 0)).toEqual(real);
});

it("is nothing to who has another secret", () => {
  expect(readToken("another secret..", toToken(SECRET, right, 0), 0)).toBeUndefined();
});

it("is nothing when any of it is changed, and no text makes the reader throw", () => {
  const token = toToken(SECRET, right, 0);
  fc.assert(
    fc.property(fc.nat(token.length - 1), fc.constantFrom(..."abcXYZ019._-"), (at, character) => {
      fc.pre(token[at] !== character);
      const changed = token.slice(0, at) + character + token.slice(at + 1);
      // The last of 43 characters of base64 has two bits that stand for nothing.
      fc.pre(at < token.length - 1);
      expect(readToken(SECRET, changed, 0)).toBeUndefined();
    }),
  );
  fc.assert(fc.property(fc.string(), (text) => readToken(SECRET, text, 0) === undefined));
});
