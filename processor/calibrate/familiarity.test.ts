import { expect, it } from "vitest";
import { createFamiliarity } from "./familiarity.ts";

const seen = (familiarity: ReturnType<typeof createFamiliarity>, templateId: string, events: number) => {
  for (let i = 0; i < events; i += 1) familiarity.learn(templateId);
};

it("grows with every event, up to ten", () => {
  const familiarity = createFamiliarity();
  expect(familiarity.of("a")).toBe(0);
  seen(familiarity, "a", 3);
  expect(familiarity.of("a")).toBeCloseTo(0.3);
  seen(familiarity, "a", 30);
  expect(familiarity.of("a")).toBe(1);
});

it("forgets what was not seen for longest, and never what came lately, however many there are", () => {
  const familiarity = createFamiliarity();
  seen(familiarity, "early", 10);
  for (let i = 0; i < 20_000; i += 1) {
    seen(familiarity, `once ${i}`, 1);
    if (i % 500 === 0) seen(familiarity, "often", 1);
  }
  expect(familiarity.of("early")).toBe(0);
  expect(familiarity.of("often")).toBe(1);
  expect(familiarity.of("once 19999")).toBeCloseTo(0.1);
  expect(familiarity.snapshot().length).toBeLessThanOrEqual(10_000);
});

it("knows as many templates as detectors do, in whatever order they come", () => {
  const familiarity = createFamiliarity();
  for (let round = 0; round < 12; round += 1)
    for (let i = 0; i < 5_000; i += 1) seen(familiarity, `t${i}`, 1);
  for (let i = 0; i < 5_000; i += 1) expect(familiarity.of(`t${i}`)).toBe(1);
});

it("forgets nothing of what it holds in a restart, however much that is", () => {
  const before = createFamiliarity();
  for (let i = 0; i < 4_900; i += 1) seen(before, `t${i}`, 10);
  const after = createFamiliarity(before.snapshot());
  for (let i = 0; i < 4_900; i += 1) expect(after.of(`t${i}`)).toBe(before.of(`t${i}`));
});

it("survives a restart", () => {
  const before = createFamiliarity();
  seen(before, "a", 4);
  seen(before, "b", 12);
  const after = createFamiliarity(before.snapshot());
  expect([after.of("a"), after.of("b"), after.of("c")]).toEqual([0.4, 1, 0]);
  expect(after.snapshot()).toEqual(before.snapshot());
});
