import { describe, expect, it } from "vitest";
import { createKnownTemplates, type KnownTemplates, knownTemplatesState } from "./known-templates.ts";

const stored = (known: KnownTemplates) =>
  knownTemplatesState.parse(JSON.parse(JSON.stringify(known.snapshot())));

describe("known templates", () => {
  it("are no more than the limit after a restart with a lower one: the least recently seen are forgotten", () => {
    const before = createKnownTemplates(100);
    for (let i = 0; i < 50; i++) before.learn(`t${i}`, `template ${i}`, "harmless");
    const after = createKnownTemplates(16, before.snapshot());
    expect(after.snapshot().templates.map(([id]) => id)).toEqual(
      Array.from({ length: 16 }, (_, index) => `t${34 + index}`),
    );
    after.learn("new", "new", "harmless");
    expect(after.snapshot().templates).toHaveLength(16);
  });

  it("say of what is this severe how often it is new, and of what is more severe nothing of its variants", () => {
    const known = createKnownTemplates(100);
    known.learn("usual", "usual", "harmless");
    for (let i = 0; i < 17; i++) known.repeat("usual");
    known.learn("spelling", "usual, too", "harmless", { newness: 0.25 });
    known.learn("error", "error", "error", { newness: 1 });
    known.learn("error spelling", "error, too", "error", { newness: 0.5 });
    for (const one of [known, createKnownTemplates(100, stored(known))]) {
      // Records: 21. Seen once: a spelling of what is harmless, an error and half of one.
      expect(one.noveltyProbability("error")).toBeCloseTo((2.5 + 0.5) / 22);
      expect(one.noveltyProbability("harmless")).toBeCloseTo((1.75 + 0.5) / 22);
      expect(one.severityProbability("error")).toBeCloseTo((1.5 + 20 * 0.03) / 24);
      expect(one.severityProbability("fatal")).toBeCloseTo((20 * 1e-4) / 24);
    }
    for (const id of ["error", "error spelling", "spelling"]) known.repeat(id);
    expect(known.noveltyProbability("error")).toBe(0.5 / 25);
  });

  it("are read as they were saved before they were counted, and are as usual as they were then", () => {
    const old = { records: 12, lately: 0, novelties: [2, 0, 0, 0, 0] };
    const saved = knownTemplatesState.parse({
      ...old,
      templates: [
        ["once", "one", "harmless", false],
        ["often", "two", "harmless", true],
      ],
    });
    const known = createKnownTemplates(100, saved);
    expect(known.noveltyProbability("error")).toBeCloseTo(1.5 / 13);
    known.repeat("once");
    expect(known.noveltyProbability("error")).toBeCloseTo(0.5 / 14);
  });
});
