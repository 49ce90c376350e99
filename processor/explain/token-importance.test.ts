import { describe, expect, it } from "vitest";
import { textVector } from "../../test/helpers/text-vector.ts";
import type { TextEncoder } from "../detect/text-encoder.ts";
import { createExplainTokens, importancesOf } from "./token-importance.ts";

const signal = new AbortController().signal;

/** Hashed words, and how often they were asked for. */
function hashing() {
  const calls: (readonly string[])[] = [];
  const encoder: TextEncoder = {
    dimensions: 256,
    encode: async (texts) => {
      calls.push(texts);
      return texts.map(textVector);
    },
  };
  return { calls, encoder };
}

describe("the importance of a message's tokens", () => {
  it("is highest for the word that makes a new message new", async () => {
    const { encoder, calls } = hashing();
    const tokens = await createExplainTokens(encoder)(
      {
        template: "payment <UUID> declined",
        body: "payment <UUID> declined",
        nearest: "payment <UUID> accepted",
      },
      signal,
    );
    const strongest = tokens.reduce((a, b) => (b.importance > a.importance ? b : a));
    expect(strongest).toMatchObject({ token: "declined", start: 15, end: 23 });
    expect(tokens.map(({ token }) => token)).toEqual(["payment", "<UUID>", "declined"]);
    expect(calls).toHaveLength(1);
  });

  it("says without a known text how much of the meaning a word carries", async () => {
    const tokens = await createExplainTokens(hashing().encoder)(
      {
        template: "took <DUR> for unbelievable things",
        body: "took 5 ms for unbelievable things",
        nearest: undefined,
      },
      signal,
    );
    const of = (token: string) => tokens.find((one) => one.token === token)?.importance ?? Number.NaN;
    expect(of("unbelievable")).toBeGreaterThan(of("took"));
    expect(of("<DUR>")).toBeCloseTo(0, 5);
  });

  it("never shows what stands for a placeholder", async () => {
    const subject = { template: "user <*> left", body: "user bob left", nearest: undefined };
    const tokens = await createExplainTokens(hashing().encoder)(subject, signal);
    expect(JSON.stringify(tokens)).not.toContain("bob");
    expect(tokens[1]).toMatchObject({ token: "<*>", start: 5, end: 8 });
  });

  it("asks once for messages that differ in their values alone", async () => {
    const { calls, encoder } = hashing();
    const explain = createExplainTokens(encoder);
    for (const user of ["bob", "mary"])
      await explain({ template: "user <*> left", body: `user ${user} left`, nearest: undefined }, signal);
    expect(calls).toHaveLength(1);
  });

  it("leaves out at most 48 tokens in turn", async () => {
    const { calls, encoder } = hashing();
    const text = Array.from({ length: 100 }, (_, index) => `word${index}`).join(" ");
    const tokens = await createExplainTokens(encoder)(
      { template: text, body: text, nearest: undefined },
      signal,
    );
    expect(tokens).toHaveLength(48);
    expect(calls[0]).toHaveLength(50);
  });

  it("is empty for the end of a session, which has no text", async () => {
    const { calls, encoder } = hashing();
    expect(
      await createExplainTokens(encoder)({ template: "a b", body: "", nearest: undefined }, signal),
    ).toEqual([]);
    expect(calls).toEqual([]);
  });

  it("is never below 0, and 0 where there are no vectors", () => {
    const [x, y] = [Float32Array.of(1, 0), Float32Array.of(0, 1)];
    expect(importancesOf(x, y, [y, x], true)).toEqual([1, 0]);
    expect(importancesOf(x, x, [y, x], false)).toEqual([1, 0]);
    expect(importancesOf(x, y, [x], false)).toEqual([0]);
    expect(importancesOf(undefined, undefined, [x], true)).toEqual([0]);
  });
});
