import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { templateConfig } from "./config.ts";
import { createTemplateMiner } from "./create-template-miner.ts";
import { parseMinerSnapshot } from "./snapshot.ts";

const miner = (settings: object = {}) => createTemplateMiner(templateConfig.parse(settings));

describe("a snapshot that cannot be used", () => {
  it.each([
    null,
    {},
    { version: 2, templates: [], tombstones: [] },
    { version: 1, templates: [{ id: "" }], tombstones: [] },
  ])("is refused: %j", (json) => {
    expect(() => parseMinerSnapshot(json)).toThrow(/no template snapshot/);
  });
});

describe("mining", () => {
  it("gives bodies of one form one template, and names what varies", () => {
    const one = miner();
    const first = one.mine("Verification succeeded for blk_123");
    const second = one.mine("Verification succeeded for blk_456");
    expect(first.isNew).toBe(true);
    expect(second).toMatchObject({ templateId: first.templateId, isNew: false, parameters: ["blk_456"] });
  });

  it("keeps bodies apart that differ in a plain word, until the word must be a name", () => {
    const one = miner();
    const states = ["paused", "resumed", "started"].map(
      (state) => one.mine(`VM ${state} by request`).templateId,
    );
    expect(new Set(states).size).toBe(3);
    const names = ["ann", "bob", "cid", "dan", "eve", "fay", "gil", "hal", "ida"];
    const ids = names.map((name) => one.mine(`greeting sent to ${name} by mail`).templateId);
    expect(new Set(ids).size).toBe(6);
    expect(one.mine("greeting sent to joe by mail").template).toBe("greeting sent to <*> by mail");
  });

  it("adopts a template that an upstream stage has mined, as it is", () => {
    const one = miner();
    const first = one.adopt("user <*> left");
    expect(first).toMatchObject({ template: "user <*> left", isNew: true });
    expect(one.adopt("user <*> left")).toMatchObject({ templateId: first.templateId, isNew: false });
  });

  it("gives every body a template, the same for the same body, whatever it is", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "binary", maxLength: 80 }), { maxLength: 40 }), (bodies) => {
        const a = miner();
        const b = miner();
        for (const body of bodies) expect(a.mine(body)).toEqual(b.mine(body));
        for (const body of bodies) expect(a.mine(body).isNew).toBe(false);
      }),
    );
  });
});

describe("bounded memory", () => {
  const wordOf = (n: number) => String.fromCharCode(97 + (n % 26), 97 + Math.floor(n / 26));

  it("evicts the least recently used template, which is known when it comes back", () => {
    const one = miner({ max_templates: 10 });
    const first = one.mine("the very first event");
    for (let n = 0; n < 10; n += 1) one.mine(`${wordOf(n)} ${wordOf(n)}x other thing`);
    expect(one.templatesEvicted).toBeGreaterThan(0);
    expect(one.mine("the very first event")).toMatchObject({ templateId: first.templateId, isNew: false });
    expect(one.templatesActive).toBeLessThanOrEqual(10);
  });

  it("holds however hostile the bodies are", () => {
    const one = miner({ max_templates: 50, max_leaf_templates: 10 });
    for (let n = 0; n < 2_000; n += 1)
      one.mine(`same head ${wordOf(n)} ${wordOf(n * 7)} ${wordOf(n * 13)} tail`);
    expect(one.templatesActive).toBeLessThanOrEqual(50);
  });
});

describe("a restart", () => {
  it("gives the same bodies the same ids, and calls nothing new that was known", () => {
    const bodies = fc.array(
      fc.constantFrom(
        "a 1 b",
        "a 2 c",
        "x y z",
        "x q z",
        "for user ann",
        "open /a/b/c now",
        "blk_1 gone",
        "blk_2 gone",
      ),
      { minLength: 1, maxLength: 40 },
    );
    fc.assert(
      fc.property(bodies, bodies, (before, after) => {
        const one = miner();
        for (const body of before) one.mine(body);
        const saved: unknown = JSON.parse(JSON.stringify(one.snapshot()));
        const restarted = createTemplateMiner(templateConfig.parse({}), parseMinerSnapshot(saved));
        for (const body of after) expect(restarted.mine(body)).toEqual(one.mine(body));
      }),
    );
  });
});
