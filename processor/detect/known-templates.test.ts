import { describe, expect, it } from "vitest";
import { createKnownTemplates } from "./known-templates.ts";

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
});
