import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { TextEncoder } from "./text-encoder.ts";
import { createVectorCache } from "./vector-cache.ts";

const signal = new AbortController().signal;

/** An encoder that counts, and says the length of a text. */
function counting() {
  const asked: string[] = [];
  const encoder: TextEncoder = {
    dimensions: 1,
    encode: async (texts) => {
      asked.push(...texts);
      return texts.map((text) => Float32Array.of(text.length));
    },
  };
  return { asked, encoder };
}

describe("the vector cache", () => {
  it("knows nothing of a text that nobody ensured", () => {
    expect(createVectorCache(counting().encoder).of("a")).toBeUndefined();
  });

  it("asks once for each text, whoever asks and however often", async () => {
    const { asked, encoder } = counting();
    const vectors = createVectorCache(encoder);
    await Promise.all([vectors.ensure(["a", "bb", "a"], signal), vectors.ensure(["bb", "ccc"], signal)]);
    await vectors.ensure(["ccc", "a"], signal);
    expect(asked.sort()).toEqual(["a", "bb", "ccc"]);
    expect(vectors.of("ccc")).toEqual(Float32Array.of(3));
  });

  it("has every text that it was asked for, in however many calls of the encoder", async () => {
    const texts = fc.array(fc.string(), { maxLength: 300 });
    await fc.assert(
      fc.asyncProperty(texts, async (some) => {
        const vectors = createVectorCache(counting().encoder);
        await vectors.ensure(some, signal);
        for (const text of some) expect(vectors.of(text)?.[0]).toBe(text.length);
      }),
    );
  });

  it("ends with more texts than it can hold, and with nothing new", async () => {
    const vectors = createVectorCache(counting().encoder, 2);
    await vectors.ensure(["a", "bb", "ccc"], signal);
    expect(vectors.of("a")).toBeUndefined();
    await vectors.ensure([], signal);
  });

  it("passes the encoder's failure on, and asks again the next time", async () => {
    let isBroken = true;
    const vectors = createVectorCache({
      dimensions: 1,
      encode: async (texts) => {
        if (isBroken) throw new Error("no model");
        return texts.map(() => Float32Array.of(1));
      },
    });
    await expect(vectors.ensure(["a"], signal)).rejects.toThrow("no model");
    isBroken = false;
    await vectors.ensure(["a"], signal);
    expect(vectors.of("a")).toBeDefined();
  });

  it("leaves a request that gives up, and keeps what it began for the others", async () => {
    const { promise, resolve } = Promise.withResolvers<readonly Float32Array[]>();
    const vectors = createVectorCache({ dimensions: 1, encode: () => promise });
    const impatient = new AbortController();
    const left = vectors.ensure(["a"], impatient.signal);
    const stayed = vectors.ensure(["a"], signal);
    impatient.abort(new Error("out of time"));
    await expect(left).rejects.toThrow("out of time");
    resolve([Float32Array.of(1)]);
    await stayed;
    expect(vectors.of("a")).toBeDefined();
  });
});
