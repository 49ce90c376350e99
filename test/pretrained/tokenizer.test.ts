import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Tokenizer } from "@huggingface/tokenizers";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeWindow } from "../../processor/inference/pretrained/encode-window.ts";
import { openPieceTokenizer } from "../../processor/inference/pretrained/piece-tokenizer.ts";
import { readTokenizerFiles } from "../../processor/inference/pretrained/tokenizer-files.ts";
import { fixture, GOLDEN, windowText } from "./golden.ts";

const files = readTokenizerFiles(fixture("hf-classifier"));
const pieces = openPieceTokenizer(files);
const json = JSON.parse(readFileSync(join(fixture("hf-classifier"), "tokenizer.json"), "utf8"));
const reference = new Tokenizer(json, {});

/** Lower-cased, without accents and characters that are dropped: what a piece is a run of. */
const normal = (text: string) =>
  text
    .toLowerCase()
    .normalize("NFD")
    .replaceAll(/[\p{Mn}\p{Cc}\p{Cf}\p{Co}\p{Cs}\uFFFD]/gu, "");
const sigmas = (text: string) => text.replaceAll("ς", "σ");

/** Log-like texts, with whatever else a log may hold; no special tokens, which the reference reads as such. */
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "Payment",
        "pay_<*>",
        "failed:",
        "<NUM>",
        "É",
        "Σίσυφος",
        "漢字",
        "\u{1F600}",
        "İstanbul",
        "\u0000",
      ),
      fc.string({ maxLength: 12 }),
      fc.string({ unit: "binary", maxLength: 8 }),
    ),
    { maxLength: 8 },
  )
  .chain((parts) => fc.constantFrom(" ", "", "\n\t").map((joiner) => parts.join(joiner)));

describe("word pieces", () => {
  it("are the ones that transformers gives, at its offsets", () => {
    for (const { window, ids, judgedFrom, offsets } of GOLDEN) {
      const encoded = encodeWindow(windowText(window), pieces, 64);
      expect(encoded.ids).toEqual(ids);
      expect(encoded.judgedFrom).toBe(judgedFrom);
      expect(pieces.encode(window.at(-1) ?? "").map(({ start, end }) => [start, end])).toEqual(offsets);
    }
  });

  it("have the ids of the library, for any text", () => {
    fc.assert(
      fc.property(text, (one) => {
        expect(pieces.encode(one).map(({ id }) => id)).toEqual(
          reference.encode(one, { add_special_tokens: false }).ids,
        );
      }),
    );
  });

  it("are cut out of the text by their offsets, in order and without overlap", () => {
    fc.assert(
      fc.property(text, (one) => {
        let last = 0;
        for (const { id, start, end } of pieces.encode(one)) {
          const token = reference.id_to_token(id) ?? "";
          const cut = one.slice(start, end);
          expect(start).toBeGreaterThanOrEqual(last);
          expect(end).toBeGreaterThan(start);
          if (token !== "[UNK]")
            expect(sigmas(normal(cut))).toBe(sigmas(normal(token.replace(/^##(?=.)/, ""))));
          last = end;
        }
      }),
    );
  });

  it("of what looks like a special token are plain text: a log line cannot end the window", () => {
    const ids = pieces.encode("[SEP] [CLS] [MASK] [PAD]").map(({ id }) => id);
    for (const id of Object.values(pieces.special)) expect(ids).not.toContain(id);
    expect(ids.length).toBeGreaterThan(8);
  });
});
