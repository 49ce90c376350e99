import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createAdmission } from "./limits.ts";

describe("admission", () => {
  it("refuses what would be too many bytes, and takes none of them", () => {
    const admission = createAdmission(100);
    const first = admission.open();
    const second = admission.open();
    expect(first.grow(60)).toBe(true);
    expect(second.grow(41)).toBe(false);
    expect(admission.bytesInFlight).toBe(60);
    expect(second.grow(40)).toBe(true);
    expect(first.grow(1)).toBe(false);
  });

  it("takes one that is larger than the bound when it is alone, else it would never be taken", () => {
    const admission = createAdmission(100);
    const large = admission.open();
    expect(large.grow(90)).toBe(true);
    expect(large.grow(90)).toBe(true);
    expect(admission.open().grow(1)).toBe(false);
    large.release();
    expect(admission.open().grow(1)).toBe(true);
  });

  it("gets everything back once, however often it is given", () => {
    const admission = createAdmission(100);
    const [first, second] = [admission.open(), admission.open()];
    first.grow(30);
    second.grow(30);
    first.release();
    first.release();
    expect(admission.bytesInFlight).toBe(30);
  });

  it("refuses nothing while there is room, and holds more than its bound for one request alone", () => {
    const step = fc.record({
      request: fc.nat(4),
      bytes: fc.integer({ min: 1, max: 80 }),
      isEnd: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const admission = createAdmission(100);
        const reservations = Array.from({ length: 5 }, () => admission.open());
        const held = reservations.map(() => 0);
        for (const { request, bytes, isEnd } of steps) {
          const others = held.reduce((sum, one, i) => (i === request ? sum : sum + one), 0);
          const own = held[request] ?? 0;
          if (isEnd) reservations[request]?.release();
          const isTaken = !isEnd && reservations[request]?.grow(bytes);
          if (!isEnd) expect(isTaken).toBe(others === 0 || others + own + bytes <= 100);
          held[request] = isEnd ? 0 : own + (isTaken ? bytes : 0);
          expect(admission.bytesInFlight).toBe(others + (held[request] ?? 0));
        }
      }),
    );
  });
});
