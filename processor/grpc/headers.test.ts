import { Metadata } from "@grpc/grpc-js";
import { describe, expect, it } from "vitest";
import { encodeCallTimeout, parseCallTimeout } from "./call-timeout.ts";
import { decodeStatusMessage, encodeStatusMessage } from "./status-message.ts";

describe("grpc-message", () => {
  it.each(["", "plain text, as it is", "100 %", "line\nbreak", "日本 😀", "%41", "\u007f\u0000"])(
    "carries any text: %j",
    (text) => {
      const encoded = encodeStatusMessage(text);
      expect(encoded).toMatch(/^[\x20-\x7e]*$/);
      expect(decodeStatusMessage(encoded)).toBe(text);
      // A header that grpc-js takes.
      expect(() => new Metadata().set("grpc-message", encoded)).not.toThrow();
    },
  );

  it.each(["%", "%zz", "100% sure", "%ff"])("that is badly encoded is taken as it is: %j", (value) => {
    expect(decodeStatusMessage(value)).toBe(value);
  });
});

describe("grpc-timeout", () => {
  it.each([
    ["1H", 3_600_000],
    ["2M", 120_000],
    ["3S", 3_000],
    ["100m", 100],
    ["5000u", 5],
    ["99999999n", 99.999999],
    ["0m", 0],
  ])("%s is %f ms", (value, ms) => expect(parseCallTimeout(value)).toBeCloseTo(ms));

  it.each(["", "m", "1", "-1m", "1.5S", "123456789m", "1x", " 1m", "constructor"])("%j is none", (value) => {
    expect(parseCallTimeout(value)).toBeNaN();
  });

  it("is written as it is read", () => expect(parseCallTimeout(encodeCallTimeout(10_000))).toBe(10_000));
});
