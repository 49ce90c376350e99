import { expect, it } from "vitest";
import type { ModelVersion } from "../../store/training.ts";
import { clearShelf } from "./promote.ts";

function model(version: string, previousVersion: string | undefined): ModelVersion {
  return {
    version,
    origin: previousVersion === undefined ? "configured" : "trained",
    previousVersion,
    trainingRunId: undefined,
    createdAtMs: 1,
    activatedAtMs: 1,
    isActive: false,
    problem: undefined,
  };
}

/** base, replaced by a, replaced by b, which is in use when they are listed; `gone` was put in use and given up before. */
const MODELS = [
  { ...model("b", "a"), isActive: true },
  model("gone", "base"),
  model("a", "base"),
  model("base", undefined),
];

/** Clears a shelf on which `inUse` cannot be forgotten, and tells what was removed. */
async function removed(keep: number, inUse: string, scored = inUse): Promise<readonly string[]> {
  const names: string[] = [];
  await clearShelf(
    {
      store: { models: async () => MODELS, forgetModel: async (version) => version !== inUse },
      shelf: { remove: async (version) => void names.push(version) },
      scorer: { version: scored },
    },
    keep,
  );
  return names;
}

it("weights that were given up, and those behind the last ones, go; the configured ones stay", async () => {
  expect(await removed(2, "b")).toEqual(["gone"]);
  expect(await removed(1, "b")).toEqual(["gone", "a"]);
});

it("weights that somebody goes back to in the meantime keep their files", async () => {
  expect(await removed(1, "a")).toEqual(["gone"]);
});

it("weights that the scorer still has keep their files, although they were given up a moment ago", async () => {
  expect(await removed(1, "b", "gone")).toEqual(["a"]);
});
