import { describe, expect } from "vitest";
import { testWith } from "../helpers/requirement.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { browserHooks } from "./browser-hooks.ts";
import { chromium } from "./chromium.ts";
import { expectGoodLook, looks } from "./looks.ts";
import { sampleBatch } from "./sample-batch.ts";
import { saveSampleTrainings } from "./sample-trainings.ts";

const requirement = chromium();

describe("the training page", () => {
  const under = browserHooks(requirement);

  testWith(
    [requirement],
    "says what a training is while there is none, and asks for one of a service",
    async () => {
      await under.product().store.saveBatch(sampleBatch(Date.now(), 0));
      const { page, complaints } = await under.open("/training");
      await page.getByRole("heading", { name: "No training yet" }).waitFor();
      await page.getByRole("combobox", { name: "Learn from" }).selectOption("payments");
      await page.getByRole("button", { name: "Train now" }).click();
      await page.getByText("One at a time: a training of payments is waiting.").waitFor();
      await page.getByRole("listitem").getByText("Waiting", { exact: true }).waitFor();
      expect(await under.product().store.openTrainingRun()).toMatchObject({
        service: "payments",
        state: "QUEUED",
      });
      expect(complaints).toEqual([]);
    },
  );

  testWith([requirement], "follows a run by itself until it has ended, and says how", async () => {
    const { store } = under.product();
    await store.saveBatch(sampleBatch(Date.now(), 0));
    const run = await store.requestTraining({
      id: "01KAQ0000000000000000000A1",
      service: undefined,
      createdAtMs: Date.now(),
    });
    const { page } = await under.open("/training");
    await page.getByText("Waiting", { exact: true }).waitFor();
    await store.saveTrainingRun({ ...run, state: "RUNNING", startedAtMs: 3, progress: 0.42, loss: 1.25 });
    await page.getByText("42 %").waitFor();
    expect(await page.getByRole("progressbar", { name: "Training" }).getAttribute("value")).toBe("42");
    await store.saveTrainingRun({
      ...run,
      state: "REJECTED",
      startedAtMs: 3,
      finishedAtMs: 4_003,
      heldOutLossBefore: 1.5,
      heldOutLossAfter: 1.65,
      message: "within chance",
    });
    await page.getByText("The weights in use stayed.").waitFor();
    await page.getByText("10 % higher; lower is better").waitFor();
    await page.getByRole("status").getByText("Newest training: Not used").waitFor();
    await page.getByText(/took 4 s/).waitFor();
  });

  testWith([requirement], "the weights before come back only after a second word", async () => {
    const { store } = under.product();
    await store.saveBatch(sampleBatch(Date.now(), 0));
    await saveSampleTrainings(store, Date.now());
    const { page, complaints } = await under.open("/training");
    const weights = page.getByRole("region", { name: "Weights" });
    const back = weights.getByRole("button", { name: "Go back to the weights before" });
    await back.click();
    const dialog = page.getByRole("dialog", { name: "Go back to the weights before?" });
    await dialog.getByText("logbert-s+all-2").first().waitFor();
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await dialog.waitFor({ state: "hidden" });
    expect((await store.activeModel())?.version).toBe("logbert-s+all-2");
    await back.click();
    await dialog.getByRole("button", { name: "Go back" }).click();
    await dialog.waitFor({ state: "detached" });
    expect((await store.activeModel())?.version).toBe("logbert-s");
    await page.getByText("Rolled back", { exact: true }).waitFor();
    const inUse = weights.getByRole("listitem").filter({ has: page.getByText("In use", { exact: true }) });
    await inUse.getByText("logbert-s", { exact: true }).waitFor();
    expect(await back.count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  testWith(
    [requirement],
    "comes back by itself after the API was away, and keeps what it showed",
    async () => {
      const { store } = under.product();
      await store.saveBatch(sampleBatch(Date.now(), 0));
      await saveSampleTrainings(store, Date.now());
      const { page } = await under.open("/training");
      await page.getByText("Promoted", { exact: true }).waitFor();
      await under.product().stopApi();
      await page.getByRole("alert").getByText("The API does not answer.").waitFor();
      expect(await page.getByText("Promoted", { exact: true }).count()).toBe(1);
      await under.product().startApi();
      await waitFor("the notice to go", async () =>
        (await page.getByRole("alert").count()) === 0 ? true : undefined,
      );
    },
  );

  testWith([requirement], "is accessible in both schemes and widths", async () => {
    const { store } = under.product();
    await store.saveBatch(sampleBatch(Date.now(), 0));
    await saveSampleTrainings(store, Date.now());
    for (const [name, look] of looks) {
      const { page, complaints } = await under.open("/training", look);
      await page
        .getByRole("img", { name: /^Loss by step/ })
        .first()
        .waitFor();
      await expectGoodLook({ page }, `training-${name}`);
      await page.getByRole("button", { name: "Go back to the weights before" }).click();
      await expectGoodLook({ page }, `rollback-${name}`);
      expect(complaints).toEqual([]);
    }
  });
});
