import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { locateTokens } from "./locate-tokens.ts";

/** The weight of one word of a template. */
function weight(template: string, word: string) {
  const start = template.indexOf(word);
  return { token: word, importance: 1, start, end: start + word.length };
}

describe("weights of a template's words in a body", () => {
  it("move to where the words stand", () => {
    const template = "disk <*> failed after <DUR>";
    const body = "disk   /dev/sda failed after 3ms";
    expect(locateTokens(template, body, [weight(template, "failed"), weight(template, "disk")])).toEqual([
      { token: "disk", importance: 1, start: 0, end: 4 },
      { token: "failed", importance: 1, start: 16, end: 22 },
    ]);
  });

  it("find a part of a word that varies", () => {
    const template = "Payment pay_<*> captured";
    expect(locateTokens(template, "Payment pay_77 captured", [weight(template, "pay")])).toEqual([
      { token: "pay", importance: 1, start: 8, end: 11 },
    ]);
  });

  it("do not take a value for a word", () => {
    const template = "user <*> in room <*>";
    expect(locateTokens(template, "user martin in room 4", [weight(template, "in")])).toEqual([
      { token: "in", importance: 1, start: 12, end: 14 },
    ]);
  });

  it("leave out placeholders and what the body does not have", () => {
    const template = "user <NUM> left";
    expect(locateTokens(template, "user 7", [weight(template, "<NUM>"), weight(template, "left")])).toEqual(
      [],
    );
  });

  it("always cut the token's text out of the body", () => {
    const words = fc.array(fc.constantFrom("disk", "a", "<*>", "in", "x_<NUM>", "in."), { maxLength: 8 });
    const values = fc.array(fc.constantFrom("a", "in", "disk", "7", "x_9"), { maxLength: 12 });
    fc.assert(
      fc.property(words, values, (parts, others) => {
        const template = parts.join(" ");
        const body = others.join(" ");
        const tokens = [...template.matchAll(/[a-z]+/g)].map((match) => ({
          token: match[0],
          importance: 1,
          start: match.index,
          end: match.index + match[0].length,
        }));
        for (const { token, start, end } of locateTokens(template, body, tokens)) {
          expect(body.slice(start, end)).toBe(token);
          expect(tokens.map((one) => one.token)).toContain(token);
        }
      }),
    );
  });
});
