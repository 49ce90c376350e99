import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createReservoir } from "./reservoir.ts";

describe("a reservoir", () => {
  it("is the same after a restart, however many values it was ever offered", () => {
    const before = createReservoir(256);
    for (let value = 0; value < 1_000; value++) before.offer(value);
    const { values } = before.snapshot();
    const after = createReservoir(256, { offered: 3_000_000_000, values });
    expect(after.sorted()).toEqual(before.sorted());
    for (let value = 0; value < 1_000; value++) after.offer(value);
    expect(after.size()).toBe(256);
  });

  it("keeps the later half of what it was offered, until its capacity is reached", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -1_000, max: 1_000 }), { maxLength: 700, size: "max" }),
        (values) => {
          const reservoir = createReservoir(500);
          for (const value of values) reservoir.offer(value);
          const kept = values.slice(-Math.max(64, Math.floor(values.length / 2)));
          expect([...reservoir.sorted()]).toEqual(kept.toSorted((a, b) => a - b));
        },
      ),
    );
  });

  it("keeps the same values of those that come after a restart", () => {
    fc.assert(
      fc.property(fc.nat(4_000), fc.integer({ min: 1, max: 400 }), (before, after) => {
        const lasting = createReservoir(64);
        for (let value = 0; value < before; value++) lasting.offer(value);
        const restarted = createReservoir(64, JSON.parse(JSON.stringify(lasting.snapshot())));
        for (let value = 0; value < after; value++) for (const one of [lasting, restarted]) one.offer(-value);
        expect(restarted.sorted()).toEqual(lasting.sorted());
      }),
    );
  });

  it("holds no infinite value, however high it was", () => {
    const reservoir = createReservoir(64);
    for (const value of [1, 1e300, 1e308]) reservoir.offer(value);
    expect([...reservoir.sorted()].every(Number.isFinite)).toBe(true);
    expect(reservoir.countAtLeast(1e300)).toBe(2);
    expect(createReservoir(64, reservoir.snapshot()).sorted()).toEqual(reservoir.sorted());
  });
});
