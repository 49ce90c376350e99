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
    expect(after.size).toBe(256);
  });
});
