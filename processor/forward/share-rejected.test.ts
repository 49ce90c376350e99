import fc from "fast-check";
import { expect, it } from "vitest";
import { shareRejected } from "./share-rejected.ts";

it("gives out as many as were rejected, and nobody more than it has", () => {
  fc.assert(
    fc.property(fc.nat(2_000), fc.array(fc.nat(100), { maxLength: 30 }), (rejected, records) => {
      const shares = shareRejected(rejected, records);
      const total = records.reduce((sum, count) => sum + count, 0);
      expect(shares.reduce((sum, share) => sum + share, 0)).toBe(Math.min(rejected, total));
      for (const [i, share] of shares.entries()) {
        expect(share).toBeGreaterThanOrEqual(0);
        expect(share).toBeLessThanOrEqual(records[i] ?? 0);
      }
    }),
  );
});

it("knows whose they are when all were rejected", () => {
  expect(shareRejected(6, [1, 2, 3])).toEqual([1, 2, 3]);
});
