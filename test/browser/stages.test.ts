import { describe, expect } from "vitest";
import { testWith } from "../helpers/requirement.ts";
import { browserHooks } from "./browser-hooks.ts";
import { chromium } from "./chromium.ts";
import { sampleBatch } from "./sample-batch.ts";

const requirement = chromium();

describe("several stages on one database", () => {
  const { product, open } = browserHooks(requirement);
  /** Its word holds for as long as the test may take. */
  const stageSays = async (instance: string, aheadMs = 600_000) => {
    const { status, ...batch } = sampleBatch(Date.now(), 0);
    const updatedAtMs = Date.now() + aheadMs;
    await product().store.saveBatch({ ...batch, status: status && { ...status, instance, updatedAtMs } });
  };

  testWith([requirement], "are counted beside what they do together, one alone is not", async () => {
    await stageSays("logbert-0");
    const { page, complaints } = await open("/");
    const figures = page.getByLabel("Stage", { exact: true });
    await figures.getByText("32", { exact: true }).waitFor();
    expect(await figures.getByText("Stages").count()).toBe(0);
    await stageSays("logbert-1");
    await stageSays("logbert-2", -60_000);
    await figures.getByText("2 (1 silent)").waitFor();
    await figures.getByText("63", { exact: true }).waitFor();
    expect(complaints).toEqual([]);
  });
});
