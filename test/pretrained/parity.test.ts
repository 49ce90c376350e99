import { describe, expect, it } from "vitest";
import { openPieceTokenizer } from "../../processor/inference/pretrained/piece-tokenizer.ts";
import { readPretrainedDirectory } from "../../processor/inference/pretrained/pretrained-directory.ts";
import { openPretrainedSession } from "../../processor/inference/pretrained/pretrained-session.ts";
import { MASKED_MAX } from "../../processor/inference/pretrained/pseudo-perplexity.ts";
import { fixture, GOLDEN, windowText } from "./golden.ts";

/** 32-bit floats, summed in another order. */
const TOLERANCE_DIGITS = 4;
const rows = GOLDEN.map(({ window }) => windowText(window));

async function scores(name: string, isExplained = true) {
  const directory = readPretrainedDirectory({
    directory: fixture(name),
    anomalyLabel: "",
    graphFile: "",
  });
  const session = await openPretrainedSession(directory, 1);
  try {
    const { scores: found } = await session.answer({ kind: isExplained ? "explain" : "score", texts: rows });
    return { directory, scores: found };
  } finally {
    await session.close();
  }
}

describe("a classifier", () => {
  it.each(["hf-classifier", "hf-classifier-attentions"])(
    "in %s gives the probabilities that torch gives, padded together or not",
    async (name) => {
      const { scores: found } = await scores(name, false);
      for (const [index, { probability }] of GOLDEN.entries()) {
        expect(found[index]?.probability).toBeCloseTo(probability, TOLERANCE_DIGITS);
        expect(found[index]?.surprise).toBeCloseTo(-Math.log(1 - probability), 2);
        expect(found[index]).not.toHaveProperty("tokens");
      }
    },
  );

  it("weighs words by torch's attention rollout where the graph gives attentions", async () => {
    const { directory, scores: found } = await scores("hf-classifier-attentions");
    const tokenizer = openPieceTokenizer(directory.tokenizer);
    for (const [index, { window, attention, judgedFrom }] of GOLDEN.entries()) {
      const pieces = tokenizer.encode(window.at(-1) ?? "").slice(0, directory.tokensMax - 2);
      const byWord = new Map<number, number>();
      for (const [piece, { word }] of pieces.entries())
        byWord.set(word, (byWord.get(word) ?? 0) + (attention[judgedFrom + piece] ?? 0));
      const total = [...byWord.values()].reduce((sum, weight) => sum + weight, 0);
      expect(found[index]?.tokens?.map(({ importance }) => importance)).toEqual(
        [...byWord.values()].map((weight) => expect.closeTo(weight / total, TOLERANCE_DIGITS)),
      );
    }
  });

  it("weighs words by hiding them where the graph gives none: what makes a line odd counts most", async () => {
    const { scores: found } = await scores("hf-classifier");
    const odd = GOLDEN.findIndex(({ window }) => window.at(-1)?.startsWith("Payment pay_<*> failed"));
    const tokens = found[odd]?.tokens ?? [];
    const usual = tokens.filter(({ token }) => ["Payment", "pay", "_"].includes(token));
    expect(usual).toHaveLength(3);
    expect(usual.reduce((sum, { importance }) => sum + importance, 0)).toBeLessThan(0.25);
    expect(tokens.reduce((sum, { importance }) => sum + importance, 0)).toBeCloseTo(1, 6);
    for (const { token, start, end } of tokens) expect(rows[odd]?.judged.slice(start, end)).toBe(token);
  });
});

describe("a masked language model", () => {
  it("gives the pseudo-perplexity that torch gives, over at most 32 pieces", async () => {
    const { scores: found } = await scores("hf-mlm");
    for (const [index, { surprises }] of GOLDEN.entries()) {
      const count = Math.min(MASKED_MAX, surprises.length);
      const masked = Array.from(
        { length: count },
        (_, at) => surprises[Math.floor((at * surprises.length) / count)] ?? 0,
      );
      const mean = masked.reduce((sum, surprise) => sum + surprise, 0) / count;
      expect(found[index]?.surprise).toBeCloseTo(mean, TOLERANCE_DIGITS);
      expect(found[index]).not.toHaveProperty("probability");
    }
  });

  it("finds usual lines less surprising than strange ones", async () => {
    const { scores: found } = await scores("hf-mlm");
    const of = (start: string) =>
      found[GOLDEN.findIndex(({ window }) => window.at(-1)?.startsWith(start))]?.surprise ?? Number.NaN;
    expect(of("Health check")).toBeLessThan(of("Kernel panic") / 3);
    expect(of("Payment pay_<*> captured")).toBeLessThan(of("Payment pay_<*> failed") / 3);
  });
});
