import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { maskBody, maskToken } from "./mask.ts";

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
    ["mask=ffffffff facade beef", "mask=<HEX> facade beef"],
    ["from ::1 and fe80::1ff:fe23:4567:890a", "from <IP> and <IP>"],
    ["peer 00:1a:2b:3c:4d:5e at 10.0.0.0/8", "peer <MAC> at <IP>"],
    ["since 2026-01-31T10:11:12.345Z until 17:05:00", "since <TIME> until <TIME>"],
    ["GET https://example.com/a/b?c=1 200", "GET <PATH>?c=<NUM> <NUM>"],
    ["load 99% [12/40] v1.2.3-rc1", "load <NUM> [<*>] <*>"],
    ["closed, 451 bytes sent, lifetime <1 sec", "closed, <NUM> bytes sent, lifetime <<DUR>"],
    ["naïve Größe 7 日本語", "naïve Größe <NUM> 日本語"],
    ["", ""],
    [" \t\r\n ", ""],
  ])("%s", (body, expected) => {
    expect(masked(body)).toBe(expected);
  });
});

describe("whatever a body is", () => {
  const codeUnits = fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 100 })
    .map((units) => String.fromCharCode(...units));
  const nearlyValues = fc
    .array(fc.constantFrom(..."0123456789abcdefx.:-/@+%\\$~#*<>()[]=,NUM"), { maxLength: 60 })
    .map((characters) => characters.join(""));
  const phrases = fc
    .array(fc.constantFrom("<NUM>", "(1.0", "KB)", "12", "user", "for", "a", "Jun", "s"), { maxLength: 20 })
    .map((tokens) => tokens.join(" "));
  const anything = fc.oneof(fc.string({ unit: "binary", maxLength: 200 }), codeUnits, nearlyValues, phrases);

  it("masking it never throws, and keeps each token's raw text beside it", () => {
    fc.assert(
      fc.property(anything, (body) => {
        const { tokens, raw } = maskBody(body, LIMITS);
        expect(tokens).toHaveLength(raw.length);
        expect(raw.join(" ")).toBe(body.split(/\s+/).filter(Boolean).join(" "));
      }),
    );
  });

  it("no digit is left in it, so no number can tell templates apart", () => {
    fc.assert(
      fc.property(anything, (body) => {
        expect(masked(body)).not.toMatch(/[0-9]/);
      }),
    );
  });

  it("a masked value is masked for good, and text around it stays", () => {
    const value = fc.oneof(
      fc.integer().map(String),
      fc.ipV4(),
      // Without a digit it may as well be words.
      fc.ipV6().filter((address) => /[0-9]/.test(address)),
      fc.uuid(),
      fc
        .tuple(fc.nat(), fc.constantFrom("ms", "s", "KB", "GiB", "%"))
        .map(([count, unit]) => `${count}${unit}`),
      fc.nat().map((count) => `0x${count.toString(16)}`),
      fc.constantFrom("/var/log/a.log", "https://example.com/a", "host.example.com:80", "blk_-17", "r2d2"),
    );
    fc.assert(
      fc.property(fc.constantFrom("", "key=", "(", "["), value, (before, text) => {
        const once = maskToken(before + text);
        expect(once).toMatch(/<[A-Z*]+>/);
        expect(once.startsWith(before)).toBe(true);
        expect(maskToken(once)).toBe(once);
      }),
      { numRuns: 500 },
    );
  });

  it("no more is read of it than the limits allow", () => {
    const { tokens } = maskBody("word ".repeat(100_000), LIMITS);
    expect(tokens).toHaveLength(LIMITS.max_tokens + 1);
    for (const hostile of ["a1", "<", "/", "0:", "1.", "-", "\ud800", "\u0000"])
      expect(maskBody(hostile.repeat(100_000), LIMITS).tokens.at(-1)).toBe("<*>");
  });
});
