import { describe, expect, it } from "vitest";
import { createKnownTemplates, knownTemplatesState } from "./known-templates.ts";

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
    expect(known.noveltyProbability()).toBeCloseTo(1.5 / 13);
    known.repeat("once");
    expect(known.noveltyProbability()).toBeCloseTo(0.5 / 14);
  });
});
