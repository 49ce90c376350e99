import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { openWordPieces, PARTS_MAX, PIECES_MAX } from "./word-pieces.ts";

const MODEL = "models/logbert-s";
const pieces = openWordPieces(readFileSync(join(MODEL, "tokenizer.json"), "utf8"));
/** What the Python library makes of the same texts (models/train/text-encoder/golden.py). */
const golden = z
  .object({ ids: z.array(z.tuple([z.string(), z.array(z.int())])) })
  .parse(JSON.parse(readFileSync(join(import.meta.dirname, "golden/word-pieces.json"), "utf8")));

describe("word pieces", () => {
  it.each(["", "[]", "{}", "null", '{"model":{"type":"none"}}'])("are not read from %j", (text) => {
    expect(() => openWordPieces(text)).toThrow();
  });

  it("are the ones that the text encoder was trained on", () => {
    expect(golden.ids.length).toBeGreaterThan(500);
    for (const [text, ids] of golden.ids) expect([text, joined(pieces.parts(text))]).toEqual([text, ids]);
  });

  it("come in parts that the encoder can read, never none, whatever the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 400 }), (text) => {
        const parts = pieces.parts(text);
        expect(parts.length).toBeGreaterThan(0);
        expect(parts.length).toBeLessThanOrEqual(PARTS_MAX);
        for (const part of parts) {
          expect(part.length).toBeGreaterThan(0);
          expect(part.length).toBeLessThanOrEqual(PIECES_MAX);
        }
      }),
    );
  });

  it("do not depend on the numbers, the case and the punctuation of a text", () => {
    expect(pieces.parts("Disk 12 of (node) failed.")).toEqual(pieces.parts("disk 7 of node: failed"));
  });
});

/** The pieces of all parts as one list. */
function joined(parts: readonly (readonly number[])[]): readonly number[] {
  return parts.flatMap((part, index) => (index === 0 ? part : part.slice(1)));
}
