import fc from "fast-check";
import { expect, it } from "vitest";
import { redactTokens } from "./redact-tokens.ts";

const hide = (pattern: RegExp) => (text: string) =>
  [...text.matchAll(pattern)].map(({ 0: found, index }) => ({
    start: index,
    end: index + found.length,
    name: "X",
  }));

it.each([
  ["a secret b", /secret/g, [undefined, "<X>", undefined], [1, 1, 1]],
  ["a=secret,b=secret c", /secret/g, ["a=<X>,b=<X>", undefined], [1, 1]],
  ["say top secret: no", /top secret/g, [undefined, "<X>:", undefined], [1, 2, 1]],
  ["(top secret)(top secret) x", /top secret/g, ["(<X>)(<X>)", undefined], [3, 1]],
  ["all of it", /.+/g, ["<X>"], [3]],
])("of %j it makes %j", (text, pattern, texts, spans) => {
  const tokens = text.split(" ");
  expect(redactTokens(tokens, tokens, hide(pattern))).toMatchObject({ texts, spans });
});

it("has nothing to say where nothing is hidden", () => {
  expect(redactTokens(["a", "b"], ["a", "b"], hide(/c/g))).toBeUndefined();
});

it("leaves a token as it is of which masking shows nothing, and tells that it hides something", () => {
  expect(redactTokens(["id", "ab12"], ["id", "<*>"], hide(/ab12/g))).toEqual({
    texts: [undefined, undefined],
    spans: [1, 1],
    hiding: new Set([1]),
  });
});

it("shows no hidden text, and each token is in one of the spans", () => {
  const word = fc.constantFrom("a", "secret", "xsecrety", "top", "b");
  fc.assert(
    fc.property(fc.array(word, { minLength: 1 }), (tokens) => {
      const redacted = redactTokens(tokens, tokens, hide(/secret(?: top)?/g));
      const { texts = tokens, spans = tokens.map(() => 1) } = redacted ?? {};
      expect(spans.reduce((sum, span) => sum + span, 0)).toBe(tokens.length);
      expect(texts.join(" ")).not.toContain("secret");
    }),
  );
});
