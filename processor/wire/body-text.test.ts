import { describe, expect, it } from "vitest";
import { bodyText } from "./body-text.ts";
import type { AttributeValue } from "./record-view.ts";

describe("a body as text", () => {
  it.each<readonly [AttributeValue, string]>([
    ["as it is\n", "as it is\n"],
    ["", ""],
    [null, ""],
    [42n, "42"],
    [-(2n ** 63n), "-9223372036854775808"],
    [1.5, "1.5"],
    [Number.NaN, "null"],
    [true, "true"],
    [Uint8Array.from([0xfb, 0xff]), '"+/8="'],
    [["a", 1n, null, [false]], '["a",1,null,[false]]'],
    [{ status: 200n, 'a"b': { c: [] } }, '{"status":200,"a\\"b":{"c":[]}}'],
    [{}, "{}"],
  ])("%o", (value, text) => {
    expect(bodyText(value)).toBe(text);
  });
});
