import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { templateConfig } from "./config.ts";
import { createTemplateMiner } from "./create-template-miner.ts";
import { parseMinerSnapshot } from "./snapshot.ts";
import type { MinerSnapshot, TemplateMiner } from "./template-miner.ts";

const miner = (settings: object = {}) => createTemplateMiner(templateConfig.parse(settings));

/** The miner that a restart makes of this one, by the way of the store. */
function restart(one: TemplateMiner, settings: object = {}): TemplateMiner {
  const saved: unknown = JSON.parse(JSON.stringify(one.snapshot()));
  return createTemplateMiner(templateConfig.parse(settings), { snapshot: parseMinerSnapshot(saved) });
}

/** Templates that push others out: each has leading words of its own. */
const others = Array.from({ length: 26 }, (_, n) => {
  const word = String.fromCharCode(97 + n);
  return `${word} ${word}${word} other thing`;
});

describe("a snapshot that cannot be used", () => {
  it.each([
    ["nothing", null, "expected object"],
    ["no snapshot", {}, "version"],
    ["one of another version", { version: 2, templates: [], tombstones: [] }, "version"],
    ["a template without id", { version: 1, templates: [{ id: "" }], tombstones: [] }, "templates[0].id"],
    [
      "a count that is no count",
      { version: 1, templates: [{ id: "x", tokens: [], count: -1 }], tombstones: [] },
      "templates[0].count",
    ],
    ["a field of somebody else", { version: 1, templates: [], tombstones: [], weights: [] }, "weights"],
  ])("is refused, and the field is named: %s", (_, json, field) => {
    expect(() => parseMinerSnapshot(json)).toThrow(/^no template snapshot of this version: /);
    expect(() => parseMinerSnapshot(json)).toThrow(field);
  });

  it("does no harm when it holds one template twice, or a branch from nowhere", () => {
    const template = { id: "x", tokens: ["a", "b"], count: 1, branch: ["no", "such"] };
    const foreign = { version: 1, templates: [template, template], tombstones: ["x"] };
    const one = createTemplateMiner(templateConfig.parse({}), { snapshot: parseMinerSnapshot(foreign) });
    expect(one.templatesActive).toBe(1);
    expect(one.mine("a b").isNew).toBe(true);
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

  it("keeps a template's id when it becomes more general", () => {
    const one = miner();
    const first = one.mine("open session key-a done");
    const second = one.mine("open session key-b done");
    expect(second).toMatchObject({
      templateId: first.templateId,
      template: "open session <*> done",
      parameters: ["key-b"],
    });
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

  it("gives every body a template, the same for the same body, whatever it is", () => {
    const codeUnits = fc
      .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 40 })
      .map((units) => String.fromCharCode(...units));
    const body = fc.oneof(fc.string({ unit: "binary", maxLength: 80 }), codeUnits);
    fc.assert(
      fc.property(fc.array(body, { maxLength: 30 }), (bodies) => {
        const a = miner();
        const b = miner();
        for (const text of bodies) expect(a.mine(text)).toEqual(b.mine(text));
        for (const text of bodies) expect(a.mine(text).isNew).toBe(false);
      }),
    );
  });

  it.each([
    ["an empty body", ""],
    ["one long word", "x".repeat(100_000)],
    ["a hundred thousand words", "x ".repeat(100_000)],
    ["half a surrogate pair", "smile \ud83d now"],
  ])("takes %s", (_, body) => {
    const one = miner();
    const first = one.mine(body);
    expect(first.template.length).toBeLessThanOrEqual(4_096 + " <*>".length);
    expect(one.mine(body)).toMatchObject({ templateId: first.templateId, isNew: false });
  });
});

describe("a template that an upstream stage has mined", () => {
  it("is read as far as a body is, up to the last whole token", () => {
    const adopted = (template: string) => miner({ max_body_characters: 16 }).adopt(template).template;
    expect(adopted("0123456789 abcde")).toBe("0123456789 abcde");
    expect(adopted("0123456789 abcdef")).toBe("0123456789 <*>");
    expect(adopted("0".repeat(17))).toBe("<*>");
  });

  it("is adopted as it is, and new once", () => {
    const one = miner();
    const first = one.adopt("user <*> left 7 times");
    expect(first).toMatchObject({ template: "user <*> left 7 times", parameters: [], isNew: true });
    expect(one.adopt("user <*> left 7 times")).toMatchObject({ templateId: first.templateId, isNew: false });
  });

  it("is known after a restart, and to the miner itself", () => {
    const one = miner();
    const { templateId } = one.adopt("all is well");
    expect(restart(one).adopt("all is well")).toMatchObject({ templateId, isNew: false });
    expect(one.mine("all is well")).toMatchObject({ templateId, isNew: false });
  });

  it("leaves no trace in bodies' templates", () => {
    const one = miner();
    one.adopt("link is <*> down");
    expect(one.mine("link is k-1 down").template).toBe("link is k-<*> down");
  });
});

describe("bounded memory", () => {
  it("evicts the least recently used template, which is known when it comes back", () => {
    const one = miner({ max_templates: 10 });
    const first = one.mine("the very first event");
    for (const body of others.slice(0, 10)) one.mine(body);
    expect(one.templatesEvicted).toBe(1);
    expect(one.mine("the very first event")).toMatchObject({ templateId: first.templateId, isNew: false });
    expect(one.templatesActive).toBe(10);
  });

  it("brings an evicted template back as it was, also by a body that it was not made of", () => {
    const one = miner({ max_templates: 10 });
    const { templateId } = one.mine("open session key-a done");
    one.mine("open session other_b done");
    for (const body of others.slice(0, 10)) one.mine(body);
    expect(one.mine("open session third_c done")).toMatchObject({
      templateId,
      template: "open session <*> done",
      isNew: false,
    });
  });

  it("knows the id of a template that nothing else is left of", () => {
    const one = miner({ max_templates: 10 });
    const { templateId } = one.mine("the very first event");
    for (const body of others) one.mine(body);
    expect([...one.snapshot().evicted].map(({ id }) => id)).not.toContain(templateId);
    expect(one.mine("the very first event")).toMatchObject({ templateId, isNew: false });
  });

  it("holds, and ids stay unique, however hostile the bodies are", () => {
    const settings = { max_templates: 12, max_leaf_templates: 4, max_children: 4 };
    const token = fc.constantFrom("a", "b", "c", "k-x", "k-y", "p-z");
    const bodies = fc.array(
      fc.array(token, { minLength: 3, maxLength: 4 }).map((tokens) => tokens.join(" ")),
      { minLength: 200, maxLength: 300, size: "max" },
    );
    fc.assert(
      fc.property(bodies, (texts) => {
        const one = miner(settings);
        for (const text of texts) one.mine(text);
        const { tombstones, ...lists } = one.snapshot();
        const [templates, evicted] = [[...lists.templates], [...lists.evicted]];
        expect(one.templatesActive).toBeLessThanOrEqual(12);
        expect(evicted.length).toBeLessThanOrEqual(12);
        expect(tombstones.length).toBeLessThanOrEqual(48);
        const ids = [...templates, ...evicted].map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
      }),
    );
  });

  it("keeps no body, only its template", () => {
    setFlagsFromString("--expose-gc");
    const collectGarbage: unknown = runInNewContext("gc");
    const heapBytes = () => {
      if (typeof collectGarbage === "function") collectGarbage();
      return process.memoryUsage().heapUsed;
    };
    const one = miner();
    const before = heapBytes();
    for (const word of others)
      one.mine(`${word} averyverylongplainword ${"x".repeat(1_000_000)}`.concat(word));
    for (const word of others) one.adopt(`${word} ${"x".repeat(1_000_000)}`.concat(word));
    expect(heapBytes() - before).toBeLessThan(10_000_000);
    expect(one.templatesActive).toBe(2 * others.length);
  });

  it("counts upstream templates too", () => {
    const one = miner({ max_templates: 10 });
    for (const template of others) one.adopt(template);
    expect(one.templatesActive).toBe(10);
  });
});

describe("a restart", () => {
  it("goes on as if there had been none, also when nodes were full and templates evicted", () => {
    const token = fc.constantFrom("a", "b", "c", "d", "e", "k-x", "k-y", "user", "for", "1.2.3.4", "/a/b/c");
    const bodies = fc.array(
      fc.array(token, { maxLength: 4, size: "max" }).map((tokens) => tokens.join(" ")),
      { maxLength: 120, size: "max" },
    );
    const settings = fc.record({
      max_children: fc.integer({ min: 2, max: 5 }),
      max_templates: fc.integer({ min: 10, max: 20 }),
      max_leaf_templates: fc.integer({ min: 1, max: 5 }),
    });
    fc.assert(
      fc.property(bodies, bodies, settings, (before, after, limits) => {
        const one = miner(limits);
        for (const body of before) one.mine(body);
        const restarted = restart(one, limits);
        for (const body of after) expect(restarted.mine(body)).toEqual(one.mine(body));
        expect(JSON.stringify(restarted.snapshot())).toBe(JSON.stringify(one.snapshot()));
      }),
    );
  });

  it("with smaller limits keeps what was used last", () => {
    const one = miner();
    for (const body of others) one.mine(body);
    const restarted = restart(one, { max_templates: 10, depth: 3 });
    expect(restarted.templatesActive).toBe(10);
    for (const body of others) expect(restarted.mine(body).isNew, body).toBe(false);
  });

  it("reads what an earlier version saved, which had no branches and no attic", () => {
    const known = miner().mine("the very first event");
    const saved = {
      version: 1,
      templates: [{ id: known.templateId, tokens: ["the", "very", "first", "event"], count: 1 }],
      tombstones: [],
    };
    const restarted = createTemplateMiner(templateConfig.parse({}), { snapshot: parseMinerSnapshot(saved) });
    expect(restarted.mine("the very first event")).toEqual({ ...known, isNew: false });
  });
});

describe("what a template must not show", () => {
  const SECRET = /(?<=key )\S+(?: part\S+)?/g;
  const findHidden = (text: string) =>
    [...text.matchAll(SECRET)].map(({ 0: found, index }) => ({
      start: index,
      end: index + found.length,
      name: "SECRET",
    }));
  const create = (snapshot?: MinerSnapshot) =>
    createTemplateMiner(templateConfig.parse({}), { snapshot, findHidden });

  it("is not in the template of a line that came once, nor in its parameters, nor in what is saved", () => {
    const one = create();
    const match = one.mine("signed with key hunter two in 5 ms");
    expect(match.template).toBe("signed with key <SECRET> two in <DUR>");
    expect(match.parameters).toEqual(["<SECRET>", "5 ms"]);
    expect(JSON.stringify([one.snapshot(), one.changes()])).not.toContain("hunter");
  });

  it("is one variable part where it is of several words, and the next line is of the same template", () => {
    const one = create();
    const first = one.mine("signed with key hunter part2 in 5 ms");
    expect(first.template).toBe("signed with key <SECRET> in <DUR>");
    const second = one.mine("signed with key other part7 in 80 ms");
    expect(second).toMatchObject({ templateId: first.templateId, template: first.template, isNew: false });
    expect(second.parameters).toEqual(["<SECRET>", "80 ms"]);
  });

  it("needs no placeholder where it is masked anyway", () => {
    expect(create().mine("signed with key 4711 in 5 ms").template).toBe("signed with key <NUM> in <DUR>");
    expect(create().mine("signed with key a!b in 5 ms").template).toBe("signed with key <SECRET> in <DUR>");
    expect(create().mine("signed with key 4711!b in 5 ms").template).toBe(
      "signed with key <SECRET> in <DUR>",
    );
  });

  it("is not in an adopted template", () => {
    expect(create().adopt("signed with key hunter in <*>").template).toBe("signed with key <SECRET> in <*>");
    expect(create().adopt("signed with key 4711 in <*>").template).toBe("signed with key <SECRET> in <*>");
  });

  it("is taken out of a snapshot of before, whose templates stay known", () => {
    const before = createTemplateMiner(templateConfig.parse({}));
    const { templateId } = before.mine("signed with key hunter in 5 ms");
    const after = create(parseMinerSnapshot(JSON.parse(JSON.stringify(before.snapshot()))));
    expect(JSON.stringify(after.snapshot())).not.toContain("hunter");
    expect(after.mine("signed with key other in 7 ms")).toMatchObject({ templateId, isNew: false });
  });
});
