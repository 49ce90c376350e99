import { Buffer } from "node:buffer";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createLineSplitter } from "./split-lines.ts";

function split(chunks: readonly Uint8Array[], lineBytesMax?: number): readonly string[] {
  const splitter = createLineSplitter(lineBytesMax);
  return [...chunks.flatMap((chunk) => splitter.push(chunk)), ...splitter.flush()];
}
const text = (value: string) => Buffer.from(value);

describe("bytes to lines", () => {
  it("of nothing give nothing", () => {
    expect(split([])).toEqual([]);
    expect(split([text("")])).toEqual([]);
  });

  it("hold back a line without its end", () => {
    const splitter = createLineSplitter();
    expect(splitter.push(text("a\nb"))).toEqual(["a"]);
    expect(splitter.push(text("c\n"))).toEqual(["bc"]);
    expect(splitter.flush()).toEqual([]);
  });

  it("take both line ends, and keep empty lines", () => {
    expect(split([text("a\r\n\r\nb\n\nc")])).toEqual(["a", "", "b", "", "c"]);
  });

  it("replace what is no UTF-8", () => {
    expect(split([Buffer.from([0x61, 0xff, 0x62, 0x0a])])).toEqual(["a\uFFFDb"]);
  });

  it("do not keep the caller's buffer", () => {
    const splitter = createLineSplitter();
    const chunk = text("abc");
    splitter.push(chunk);
    chunk.fill("x");
    expect(splitter.flush()).toEqual(["abc"]);
  });
});

describe("a line that is too long", () => {
  it("is cut at the border of a character", () => {
    expect(split([text("aé€b\nc")], 4)).toEqual(["aé", "€b", "c"]);
    expect(split([Buffer.alloc(6, 0x80)], 4)).toEqual(["\uFFFD".repeat(4), "\uFFFD".repeat(2)]);
  });

  it("does not fill the memory while it comes in", () => {
    const splitter = createLineSplitter(1_000);
    let characters = 0;
    for (let i = 0; i < 10_000; i += 1)
      for (const line of splitter.push(text("x".repeat(100)))) characters += line.length;
    expect(characters).toBeGreaterThanOrEqual(999_000);
  });
});

it("any text, cut anywhere, comes out as its lines", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "grapheme" })), fc.array(fc.nat(400)), (parts, cuts) => {
      const lines = parts.map((part) => part.replace(/[\r\n\uFEFF]/g, "").toWellFormed());
      const bytes = text(lines.map((line) => `${line}\n`).join(""));
      const edges = [
        0,
        ...cuts.map((cut) => Math.min(cut, bytes.length)).toSorted((a, b) => a - b),
        bytes.length,
      ];
      expect(split(edges.slice(1).map((edge, i) => bytes.subarray(edges[i], edge)))).toEqual(lines);
    }),
  );
});
