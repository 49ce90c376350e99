import { expect, it } from "vitest";
import type { StageStatus } from "../../store/store.ts";
import { createMembers } from "./members.ts";

const STATUS: Omit<StageStatus, "instance" | "updatedAtMs"> = {
  version: "1",
  modelVersion: "m",
  startedAtMs: 0,
  recordsPerSecond: 0,
  forwardEndpoint: undefined,
  forwardState: "sink",
};

function among(...first: readonly string[]) {
  const beats = new Map(first.map((instance) => [instance, 1]));
  let nowMs = 0;
  const store = {
    statuses: async () => [...beats].map(([instance, updatedAtMs]) => ({ ...STATUS, instance, updatedAtMs })),
  };
  const members = createMembers(store, "own", () => nowMs);
  return {
    /** After a time in which these have told of themselves. */
    async after(seconds: number, ...alive: readonly string[]) {
      nowMs += seconds * 1_000;
      for (const instance of alive) beats.set(instance, (beats.get(instance) ?? 0) + 1);
      return members.haveChanged();
    },
  };
}

it("a stage that comes, and one that falls silent, are told once each", async () => {
  const { after } = among("own", "a");
  expect(await after(0, "own", "a")).toBe(false);
  expect(await after(2, "own", "a")).toBe(true);
  expect(await after(2, "own", "a")).toBe(false);
  expect(await after(2, "own", "a", "b")).toBe(true);
  expect(await after(2, "own", "a", "b")).toBe(false);
  expect(await after(10, "own", "a")).toBe(false);
  expect(await after(10, "own", "a")).toBe(true);
  expect(await after(10, "own", "a")).toBe(false);
  expect(await after(2, "own", "a", "b")).toBe(true);
});

it("who has left a heartbeat behind long ago is nobody, and neither is the stage itself", async () => {
  const { after } = among("own", "gone");
  for (let look = 0; look < 20; look += 1) expect(await after(2, "own")).toBe(false);
});
