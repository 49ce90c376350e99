import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parameterValue } from "./parameter-value.ts";

describe("a raw parameter", () => {
  it.each([
    ["12", 12, 12],
    ["-3", -3, -3],
    ["uid=0", 0, 0],
    ["(5000),", 5_000, 5_000],
    ["12ms", 12, undefined],
    ["12 ms", 12, undefined],
    ["2 h,", 7_200_000, undefined],
    ["3.4s.", 3_400, undefined],
    ["took=250us", 0.25, undefined],
    ["10KB", 10_000, undefined],
    ["1KiB", 1_024, undefined],
    ["0.5", 0.5, undefined],
    ["93%", 93, undefined],
  ])("%s is the number %d", (raw, number, plain) => {
    const value = parameterValue(raw);
    if (value.kind !== "number") throw new Error("no number");
    expect(Math.sign(value.scaled) * Math.expm1(Math.abs(value.scaled))).toBeCloseTo(number);
    expect(value.plain).toBe(plain);
  });

  it.each(["0x1f", "10.0.0.1", "12:30:01", "warehouse-a", "", "blk_-42", "1e400", "9".repeat(70)])(
    "%s is a value",
    (raw) => {
      expect(parameterValue(raw)).toMatchObject({ kind: "value", hash: expect.any(Number) });
    },
  );

  it("is a finite number or a 32-bit hash, whatever it is, and the same each time", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ maxLength: 200 }), fc.stringMatching(/^[-+0-9.a-z%]{0,20}$/)),
        (raw) => {
          const value = parameterValue(raw);
          const number = value.kind === "number" ? value.scaled : value.hash;
          expect(Number.isFinite(number)).toBe(true);
          if (value.kind === "value") expect(value.hash).toBe(value.hash >>> 0);
          expect(parameterValue(raw)).toEqual(value);
        },
      ),
    );
  });
});
