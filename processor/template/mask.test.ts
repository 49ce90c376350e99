import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { maskBody } from "./mask.ts";

const LIMITS = { max_body_characters: 4_096, max_tokens: 128 };
const masked = (body: string) => maskBody(body, LIMITS).tokens.join(" ");

describe("a body is masked by the form of its parts", () => {
  it.each([
    [
      "Receiving block blk_-1608999687919862906 src: /10.250.19.102:54106",
      "Receiving block blk_<*> src: /<IP>",
    ],
    ["took 12 seconds", "took <DUR>"],
    ["elapsed=35ms code=0x1F", "elapsed=<DUR> code=<HEX>"],
    ["2048 bytes (2.0 KB) sent", "<NUM> bytes sent"],
    ["free 5.2 KB)", "free <SIZE>)"],
    ["proxy.example.com:8080 close", "<HOST> close"],
    ["10.0.0.1,10.0.0.2 asked", "<IP> asked"],
    ["index:-7 done", "index:<*> done"],
    ["at Fri Jun 17 20:55:07 2005", "at <TIME> <TIME> <NUM> <TIME> <NUM>"],
    ["session opened for user root by (uid=0)", "session opened for user <*> by (uid=<NUM>)"],
    ["id 3e8a1b6e-0f4e-4d8f-9a70-2f7f0a3c1d22 ok", "id <UUID> ok"],
    ["open /var/log/app/today.log failed", "open <PATH> failed"],
    ["plain words stay", "plain words stay"],
    ["request req_ececfdcd done", "request req_<*> done"],
  ])("%s", (body, expected) => {
    expect(masked(body)).toBe(expected);
  });
});

describe("whatever a body is", () => {
  const anything = fc.oneof(
    fc.string({ unit: "binary", maxLength: 200 }),
    fc.string({ unit: "grapheme", maxLength: 200 }),
    fc
      .array(fc.constantFrom("<NUM>", "(1.0", "KB)", "12", "user", "for", "a", "Jun", "s"), { maxLength: 20 })
      .map((t) => t.join(" ")),
  );

  it("masking it never throws, and keeps each token's raw text beside it", () => {
    fc.assert(
      fc.property(anything, (body) => {
        const { tokens, raw } = maskBody(body, LIMITS);
        expect(tokens).toHaveLength(raw.length);
        expect(raw.join(" ")).toBe(body.split(/\s+/).filter(Boolean).join(" "));
      }),
    );
  });

  it("no more is read of it than the limits allow", () => {
    const { tokens } = maskBody("word ".repeat(100_000), LIMITS);
    expect(tokens).toHaveLength(LIMITS.max_tokens + 1);
    expect(maskBody("a1".repeat(100_000), LIMITS).tokens.at(-1)).toBe("<*>");
  });
});
