import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { templateConfig } from "../template/config.ts";
import { createTemplateMiner } from "../template/create-template-miner.ts";
import { maskBody } from "../template/mask.ts";
import { alignTokens } from "./align-tokens.ts";

/** What is found, as [token, what stands in the body]. */
function found(template: string, body: string): readonly (readonly [string, string])[] {
  return alignTokens(template, body).map(({ token, start, end }) => [token.text, body.slice(start, end)]);
}

describe("a template's parts in a body", () => {
  it.each<readonly [string, string, readonly (readonly [string, string])[]]>([
    ["", "", []],
    ["", "something", []],
    ["something", "", []],
    [
      "Receiving block blk_<NUM>",
      "Receiving block blk_12",
      [
        ["Receiving", "Receiving"],
        ["block", "block"],
        ["blk_", "blk_"],
        ["<NUM>", "12"],
      ],
    ],
    [
      "for uid=<NUM> (root)",
      "for uid=0 (root)",
      [
        ["for", "for"],
        ["uid", "uid"],
        ["<NUM>", "0"],
        ["root", "root"],
      ],
    ],
    [
      "took <DUR>, done",
      "took 12 ms, done",
      [
        ["took", "took"],
        ["<DUR>", "12 ms"],
        ["done", "done"],
      ],
    ],
    [
      "src: /<IP> dest: /<IP>",
      "src: /10.0.0.1:50 dest: /10.0.0.2",
      [
        ["src", "src"],
        ["<IP>", "10.0.0.1:50"],
        ["dest", "dest"],
        ["<IP>", "10.0.0.2"],
      ],
    ],
    [
      "user <*> gone",
      "user <EMAIL> gone",
      [
        ["user", "user"],
        ["<*>", "<EMAIL>"],
        ["gone", "gone"],
      ],
    ],
    [
      "from <IP>",
      "from <IP>",
      [
        ["from", "from"],
        ["<IP>", "<IP>"],
      ],
    ],
  ])("%j in %j", (template, body, expected) => {
    expect(found(template, body)).toEqual(expected);
  });

  it("leaves out what the body does not show", () => {
    expect(found("password hunter is wrong", "password <SECRET> is wrong")).toEqual([
      ["password", "password"],
      ["is", "is"],
      ["wrong", "wrong"],
    ]);
  });

  it("finds a word where it stands, not where it was used before", () => {
    expect(alignTokens("start <*> start", "start start start")).toMatchObject([
      { start: 0 },
      { token: { text: "<*>" }, start: 6 },
      { start: 12 },
    ]);
  });

  it("never leaves the body, keeps the order, and shows literal words as they are, whatever the texts", () => {
    const word = fc.oneof(
      fc.constantFrom(
        "<*>",
        "<NUM>",
        "a=<NUM>",
        "<IP>:<NUM>,",
        "open",
        "Straße",
        "İx",
        "𝒳y",
        "(",
        "12",
        "ms",
        "<a",
      ),
      fc.string({ unit: "grapheme-composite", maxLength: 6 }),
    );
    const text = fc.array(word, { maxLength: 20 }).map((words) => words.join(" "));
    fc.assert(fc.property(text, text, (template, body) => checkAligned(template, body)));
  });

  it("shows every part of a body's own template", () => {
    const word = fc.constantFrom(
      "open",
      "block",
      "12",
      "10.0.0.1",
      "uid=0",
      "5",
      "ms",
      "(done)",
      "/a/b/c",
      "x:y",
    );
    const body = fc.array(word, { minLength: 1, maxLength: 20 }).map((words) => words.join(" "));
    fc.assert(
      fc.property(body, (one) => {
        const template = createTemplateMiner(templateConfig.parse({})).mine(one).template;
        checkAligned(template, one);
        const words = maskBody(one, templateConfig.parse({})).tokens.filter((token) => /[a-z<]/i.test(token));
        expect(alignTokens(template, one).length).toBeGreaterThanOrEqual(words.length);
      }),
    );
  });
});

function checkAligned(template: string, body: string): void {
  let reached = 0;
  for (const { token, start, end } of alignTokens(template, body)) {
    expect(start).toBeGreaterThanOrEqual(reached);
    expect(end).toBeGreaterThan(start);
    expect(end).toBeLessThanOrEqual(body.length);
    expect(template.slice(token.start, token.end)).toBe(token.text);
    if (!/^<(?:\*|[A-Z][A-Z0-9_]*)>$/.test(token.text)) expect(body.slice(start, end)).toBe(token.text);
    reached = end;
  }
}
