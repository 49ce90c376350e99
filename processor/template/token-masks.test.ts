import fc from "fast-check";
import { expect, it } from "vitest";
import { maskToken } from "./mask.ts";
import { createTokenScanner } from "./scan-tokens.ts";
import { createTokenMasks } from "./token-masks.ts";

/** Tokens of the forms that logs have, and of none. */
const token = fc.oneof(
  fc.string({ unit: fc.constantFrom(..."0123456789abcdefxX.:-/_@%+=(),<>NUM*gK"), maxLength: 30 }),
  fc.string({ maxLength: 20 }),
  fc.constantFrom(
    "blk_-1608999687919862906",
    "/10.250.18.114:43996",
    "0x1f",
    "10x1f",
    "3f9a01bc",
    "12:30:59.123Z",
    "2025-11-25T19:00:00Z",
    "part-00081.",
    "uid=0",
    "12.5ms",
    "::1",
    "fe80::1ff:fe23:4567:890a",
    "00:1b:44:11:3a:b7",
    "550e8400-e29b-41d4-a716-446655440000",
  ),
);

/** Other tokens of the same form, and some that are nearly of it. */
const variants = token.chain((one) =>
  fc
    .array(fc.nat(9), { minLength: one.length, maxLength: one.length })
    .map((digits) => [one, one.replace(/\d/g, (_, at: number) => String(digits[at] ?? 0))]),
);

it("gives what the masking of each token by itself gives", () => {
  const masks = createTokenMasks(50);
  const scan = createTokenScanner({ max_body_characters: 1_000, max_tokens: 100 });
  fc.assert(
    fc.property(fc.array(variants, { maxLength: 20 }), (all) => {
      for (const one of all.flat()) {
        // In a body: what stands around a token is none of it.
        const { count, starts, ends, hashes } = scan(`7x ${one} x1`);
        for (let i = 0; i < count; i += 1) {
          const [start = 0, end = 0, hash = 0] = [starts[i], ends[i], hashes[i]];
          const token = `7x ${one} x1`.slice(start, end);
          expect(masks(`7x ${one} x1`, start, end, hash).masked).toBe(maskToken(token));
        }
      }
    }),
    { numRuns: 500 },
  );
});
