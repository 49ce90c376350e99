import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeWindow } from "./encode-window.ts";
import type { PieceTokenizer } from "./piece-tokenizer.ts";

const BEGIN = 1;
const SEPARATOR = 2;

/** One piece a letter. */
const tokenizer: PieceTokenizer = {
  special: { begin: BEGIN, separator: SEPARATOR, padding: 0, mask: 3 },
  size: 200,
  encode: (text) =>
    [...text].map((letter, at) => ({ id: letter.charCodeAt(0), start: at, end: at + 1, word: at })),
};
const letters = (text: string) => [...text].map((letter) => letter.charCodeAt(0));

describe("a window of texts", () => {
  it("is joined by separators, the judged text last", () => {
    const { ids, judgedFrom } = encodeWindow({ context: ["ab", "c"], judged: "de" }, tokenizer, 20);
    expect(ids).toEqual([
      BEGIN,
      ...letters("ab"),
      SEPARATOR,
      ...letters("c"),
      SEPARATOR,
      ...letters("de"),
      SEPARATOR,
    ]);
    expect(judgedFrom).toBe(6);
  });

  it("is cut from the left", () => {
    const { ids } = encodeWindow({ context: ["abcd", "ef"], judged: "gh" }, tokenizer, 9);
    expect(ids).toEqual([
      BEGIN,
      ...letters("d"),
      SEPARATOR,
      ...letters("ef"),
      SEPARATOR,
      ...letters("gh"),
      SEPARATOR,
    ]);
  });

  it("keeps the beginning of a judged text that is too long by itself", () => {
    const { ids, pieces } = encodeWindow({ context: ["x"], judged: "abcdefghij" }, tokenizer, 8);
    expect(ids).toEqual([BEGIN, ...letters("abcdef"), SEPARATOR]);
    expect(pieces).toHaveLength(6);
  });

  it("never passes the maximum, and always tells where the judged pieces are", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 12 });
    fc.assert(
      fc.property(
        fc.array(text, { maxLength: 6 }),
        text,
        fc.integer({ min: 8, max: 40 }),
        (context, judged, max) => {
          const { ids, judgedFrom, pieces } = encodeWindow({ context, judged }, tokenizer, max);
          expect(ids.length).toBeLessThanOrEqual(max);
          expect(ids.slice(judgedFrom, -1)).toEqual(pieces.map(({ id }) => id));
          expect([ids[0], ids.at(-1)]).toEqual([BEGIN, SEPARATOR]);
        },
      ),
    );
  });
});
