import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fingerprintOf } from "./fingerprint.ts";

const of = (bytes: Uint8Array, seed = 0) => fingerprintOf(new DataView(bytes.buffer), 0, bytes.length, seed);

describe("a fingerprint", () => {
  it("is that of the bytes, wherever they stand", () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), fc.uint8Array(), (before, bytes, after) => {
        const all = new Uint8Array([...before, ...bytes, ...after]);
        const there = fingerprintOf(new DataView(all.buffer), before.length, before.length + bytes.length, 7);
        expect(there).toBe(of(new Uint8Array(bytes), 7));
        expect(Number.isSafeInteger(there) && there > 0).toBe(true);
      }),
    );
  });

  it("is another one for other bytes, lengths and seeds", () => {
    const seen = new Set<number>();
    for (let length = 0; length < 50; length += 1) {
      const bytes = new Uint8Array(length);
      seen
        .add(of(bytes))
        .add(of(bytes, 1))
        .add(of(bytes, 2 ** 30 * 2 ** 22));
      for (let at = 0; at < length; at += 1) {
        const other = bytes.slice();
        other[at] = 1;
        seen.add(of(other));
      }
    }
    expect(seen.size).toBe(50 * 3 + (49 * 50) / 2);
  });
});
