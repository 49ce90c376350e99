import { describe, expect, it } from "vitest";
import { encodeRow, parseResiduals } from "./residuals.ts";

const file = (row: Float32Array) => ({ version: 1, services: [["shop", [["open <*>", encodeRow(row)]]]] });

describe("residuals.json", () => {
  it("gives back what was written", () => {
    const residuals = parseResiduals(file(Float32Array.of(0.5, -2)), 2);
    expect(residuals.get("shop")?.get("open <*>")).toEqual(Float32Array.of(0.5, -2));
  });

  it.each([
    ["NaN", Float32Array.of(0.5, Number.NaN)],
    ["infinite", Float32Array.of(Number.POSITIVE_INFINITY, 0)],
    ["too short", Float32Array.of(0.5)],
  ])("is refused when a row is %s: one such row would silence the model in its service", (_, row) => {
    expect(() => parseResiduals(file(row), 2)).toThrow("must be 2 finite 32-bit floats");
  });
});
