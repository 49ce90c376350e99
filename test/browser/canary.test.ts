import { describe, expect } from "vitest";
import type { CanaryStatus } from "../../store/store.ts";
import { testWith } from "../helpers/requirement.ts";
import { browserHooks } from "./browser-hooks.ts";
import { chromium } from "./chromium.ts";
import { sampleBatch } from "./sample-batch.ts";

const requirement = chromium();

describe("a detector that does not work", () => {
  const { product, open } = browserHooks(requirement);
  const stageSays = async (canary: CanaryStatus) => {
    const { status, ...batch } = sampleBatch(Date.now(), 0);
    await product().store.saveBatch({ ...batch, status: status && { ...status, canary } });
  };

  testWith([requirement], "is told above the page, for as long as that is so", async () => {
    const collapsedAtMs = Date.now();
    await stageSays({ state: "collapsed", recallRatio: 0.12, collapsedAtMs });
    const { page, complaints } = await open("/");
    const notice = page.getByRole("status").getByText("The detector does not work: it found 12 %");
    await notice.waitFor();
    await stageSays({ state: "well", recallRatio: 1, collapsedAtMs, recoveredAtMs: collapsedAtMs + 1 });
    await notice.waitFor({ state: "detached" });
    expect(complaints).toEqual([]);
  });
});
