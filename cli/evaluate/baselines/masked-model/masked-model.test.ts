import { describe, expect, test } from "vitest";
import { openGraph } from "../../../../processor/inference/training-graph.ts";
import { createKeyedRandom } from "../../../../processor/learn/keyed-random.ts";
import { readMaskedModel } from "./masked-model.ts";
import { choosePlaces, hide, hideForTraining } from "./masked-row.ts";
import { packMaskedRows, packTrainingRows, validTokens } from "./pack-masked-rows.ts";
import { trainMaskedModel } from "./train-masked-model.ts";
import { createVocabulary, cutInPieces, TOKEN, WORDS_FROM } from "./vocabulary.ts";

test("a vocabulary keeps the most frequent words, and one token for all others", () => {
  const { size, tokensOf } = createVocabulary(
    [
      ["a", "b", "b"],
      ["c", "b", "c"],
    ],
    2,
  );
  expect(size).toBe(2);
  expect([...tokensOf(["b", "c", "a", "z"])]).toEqual([
    WORDS_FROM,
    WORDS_FROM + 1,
    TOKEN.unknown,
    TOKEN.unknown,
  ]);
});

test("a long sequence is cut into pieces, an empty one into none", () => {
  const pieces = cutInPieces(Uint16Array.of(4, 5, 6, 7, 8), 2);
  expect(pieces.map((piece) => [...piece])).toEqual([[4, 5], [6, 7], [8]]);
  expect(cutInPieces(new Uint16Array(), 2)).toEqual([]);
});

describe("hidden places", () => {
  test("are about the share that is asked for, and at least one", () => {
    const random = createKeyedRandom(1);
    expect(choosePlaces(10_000, 0.65, random).length / 10_000).toBeCloseTo(0.65, 1);
    expect(choosePlaces(3, 0, random)).toHaveLength(1);
    expect(choosePlaces(0, 1, random)).toEqual([]);
  });

  test("show the mask behind the first token; what stood there is kept", () => {
    const { tokens, at, targets } = hide(Uint16Array.of(7, 8, 9), [0, 2]);
    expect([...tokens]).toEqual([TOKEN.first, TOKEN.mask, 8, TOKEN.mask]);
    expect([at, targets]).toEqual([
      [1, 3],
      [7, 9],
    ]);
  });

  test("show in training the mask, a word by chance or what stood there, eight to one to one", () => {
    const sequence = new Uint16Array(10_000).fill(WORDS_FROM);
    const words = 500;
    const { tokens } = hideForTraining(sequence, [...sequence.keys()], words, createKeyedRandom(1));
    const shown = [...tokens.subarray(1)];
    const share = (isMeant: (token: number) => boolean) => shown.filter(isMeant).length / shown.length;
    expect(share((token) => token === TOKEN.mask)).toBeCloseTo(0.8, 1);
    expect(share((token) => token === WORDS_FROM)).toBeCloseTo(0.1, 1);
    expect(share((token) => token > WORDS_FROM && token < WORDS_FROM + words)).toBeCloseTo(0.1, 1);
  });
});

test("a training batch with more hidden places than the graph has room for leaves the last ones out", () => {
  const rows = [hide(Uint16Array.of(4, 5), [0, 1]), hide(Uint16Array.of(6), [0])];
  const full = packTrainingRows(rows, 3, 2);
  expect(full["at"]?.values).toEqual(BigInt64Array.of(1n, 2n));
  expect(full["target"]?.values).toEqual(BigInt64Array.of(4n, 5n));
  const roomy = packTrainingRows(rows, 3, 4);
  expect(roomy["at"]?.values).toEqual(BigInt64Array.of(1n, 2n, 4n, 0n));
  expect(roomy["weight"]?.values).toEqual(Float32Array.of(1, 1, 1, 0));
});

describe("the exported training step", () => {
  const model = readMaskedModel("words");
  const words = 20;
  const sequences = Array.from({ length: 128 }, (_, row) =>
    Uint16Array.from({ length: 12 }, (_token, i) => WORDS_FROM + ((row + i) % words)),
  );
  const train = (pull: number) =>
    trainMaskedModel(model, { sequences, words, maskedShare: 0.3, pull, stepsMax: 40, seed: 1 });

  /** Mean squared distance of the first hidden states from their mean. */
  async function spreadOf(weights: Float32Array): Promise<number> {
    const graph = await openGraph(model.scoring, 1, weights);
    const rows = sequences.slice(0, 32).map((sequence) => hide(sequence, [0]));
    const read = await graph.run({ ...packMaskedRows(rows, 13), ...validTokens(words, model.shape.words) });
    await graph.close();
    const first = read("first");
    const { width } = model.shape;
    const means = Array.from(
      { length: width },
      (_, i) => first.reduce((sum, value, at) => (at % width === i ? sum + value : sum), 0) / rows.length,
    );
    return first.reduce((sum, value, at) => sum + (value - (means[at % width] ?? 0)) ** 2, 0) / first.length;
  }

  test("brings the loss down, and the hypersphere's term draws the first states together", async () => {
    const [plain, drawn] = [await train(0), await train(1)];
    const mean = (losses: readonly number[]) => losses.reduce((a, b) => a + b, 0) / losses.length;
    expect(mean(plain.losses.slice(0, 5))).toBeGreaterThan(Math.log(words) - 0.5);
    expect(mean(plain.losses.slice(-5))).toBeLessThan(0.8 * mean(plain.losses.slice(0, 5)));
    expect(await spreadOf(drawn.weights)).toBeLessThan(0.5 * (await spreadOf(plain.weights)));
  });
});
