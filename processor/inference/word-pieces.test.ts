import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { openWordPieces, PIECES_MAX } from "./word-pieces.ts";

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
    for (const [text, ids] of golden.ids) expect([text, pieces.ids(text)]).toEqual([text, ids]);
  });

  it("are never none and never more than the encoder reads, whatever the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 400 }), (text) => {
        const { length } = pieces.ids(text);
        expect(length).toBeGreaterThan(0);
        expect(length).toBeLessThanOrEqual(PIECES_MAX);
      }),
    );
  });

  it("do not depend on the numbers, the case and the punctuation of a text", () => {
    expect(pieces.ids("Disk 12 of (node) failed.")).toEqual(pieces.ids("disk 7 of node: failed"));
  });
});
