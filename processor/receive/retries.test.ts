import { describe, expect, it } from "vitest";
import { createRetryMemory } from "./retries.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

function memory(max_bytes = 100, max_age_ms = 1_000) {
  let nowMs = 1_000_000;
  const kept = createRetryMemory<{ readonly name: string }>({ max_bytes, max_age_ms, now: () => nowMs });
  return {
    ...kept,
    pass: (ms: number) => {
      nowMs += ms;
    },
  };
}

describe("a request that was not taken", () => {
  it("is known by its bytes, once", () => {
    const { keep, take } = memory();
    keep(bytes("request"), { name: "kept" }, 10);
    expect(take(bytes("another"))).toBeUndefined();
    expect(take(bytes("request"))).toEqual({ name: "kept" });
    expect(take(bytes("request"))).toBeUndefined();
  });

  it("is known as it was last, when it was not taken again", () => {
    const { keep, take } = memory();
    keep(bytes("request"), { name: "whole" }, 10);
    keep(bytes("request"), { name: "rest" }, 5);
    expect(take(bytes("request"))).toEqual({ name: "rest" });
    expect(take(bytes("request"))).toBeUndefined();
  });

  it("is forgotten when it comes back too late", () => {
    const { keep, take, pass } = memory(100, 1_000);
    keep(bytes("request"), { name: "kept" }, 10);
    pass(900);
    keep(bytes("another"), { name: "younger" }, 10);
    pass(200);
    expect(take(bytes("request"))).toBeUndefined();
    expect(take(bytes("another"))).toEqual({ name: "younger" });
  });
});

describe("the memory of retries", () => {
  it("holds no more than its bytes: the oldest goes first", () => {
    const { keep, take } = memory(100);
    for (const name of ["first", "second", "third"]) keep(bytes(name), { name }, 40);
    expect(take(bytes("first"))).toBeUndefined();
    expect(take(bytes("second"))).toEqual({ name: "second" });
    expect(take(bytes("third"))).toEqual({ name: "third" });
  });

  it("does not keep what is larger than all of it, and nothing else goes for its sake", () => {
    const { keep, take } = memory(100);
    keep(bytes("small"), { name: "small" }, 40);
    keep(bytes("large"), { name: "large" }, 101);
    expect(take(bytes("large"))).toBeUndefined();
    expect(take(bytes("small"))).toEqual({ name: "small" });
  });

  it("gives back the room of what was taken", () => {
    const { keep, take } = memory(100);
    for (let i = 0; i < 10; i += 1) {
      keep(bytes(`request ${i}`), { name: "kept" }, 90);
      expect(take(bytes(`request ${i}`))).toEqual({ name: "kept" });
    }
  });

  it("is switched off by 0 bytes", () => {
    const { keep, take } = memory(0);
    keep(bytes("request"), { name: "kept" }, 0);
    expect(take(bytes("request"))).toBeUndefined();
  });

  it("takes an empty request as any other", () => {
    const { keep, take } = memory();
    keep(bytes(""), { name: "empty" }, 0);
    expect(take(bytes(""))).toEqual({ name: "empty" });
  });
});
