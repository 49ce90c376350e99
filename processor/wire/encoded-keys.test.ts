import { describe, expect, it } from "vitest";
import { createEncodedKeys, textField } from "./encoded-keys.ts";

const words = Array.from({ length: 500 }, (_, i) => `user <*> logged in ${i}`);

describe("the fields that a key remembers", () => {
  it("are the same bytes again", () => {
    const key = createEncodedKeys().of("anomaly.template");
    const first = words.map((text) => Buffer.from(textField(key, text)));
    expect(words.map((text) => Buffer.from(textField(key, text)))).toEqual(first);
  });

  it("keep no memory alive but their own", () => {
    const key = createEncodedKeys().of("anomaly.template");
    for (const text of words) textField(key, text);
    const kept = [...key.textFields.values()];
    expect(kept).toHaveLength(words.length);
    const own = kept.reduce((sum, field) => sum + field.length, 0);
    const alive = new Set(kept.map(({ buffer }) => buffer));
    expect([...alive].reduce((sum, { byteLength }) => sum + byteLength, 0)).toBe(own);
  });
});
