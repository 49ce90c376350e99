import type { Page } from "playwright-core";
import { describe, expect } from "vitest";
import { testWith } from "../helpers/requirement.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { browserHooks } from "./browser-hooks.ts";
import { chromium } from "./chromium.ts";
import { sampleAnomaly, sampleBatch } from "./sample-batch.ts";

const requirement = chromium();
/** By then the page has asked what follows from a change; by itself it asks every ten seconds. */
const SOON_MS = 2_000;
const MINUTE_MS = 60_000;

const rowsOf = (page: Page) =>
  page.getByRole("list", { name: "Incidents, newest first" }).getByRole("listitem");

describe("by keyboard", () => {
  const { product, open } = browserHooks(requirement);
  const seed = (count: number) => product().store.saveBatch(sampleBatch(Date.now(), count));

  testWith([requirement], "the focus is back on the row that was opened", async () => {
    await seed(12);
    const { page, complaints } = await open("/");
    await rowsOf(page).first().waitFor();
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.getByRole("article").getByRole("heading", { level: 1 }).waitFor();
    await page.locator("h1:focus").waitFor();
    await page.keyboard.press("Escape");
    await rowsOf(page).first().locator("a:focus").waitFor();
    expect(complaints).toEqual([]);
  });

  testWith([requirement], "the services to label are chosen one after the other", async () => {
    await seed(12);
    const { page, complaints } = await open("/label");
    const choice = page.getByRole("combobox", { name: "Service" });
    await page.getByRole("article").waitFor();
    await choice.focus();
    for (const service of ["checkout", "inventory"]) {
      await page.keyboard.press("ArrowDown");
      await page.waitForURL((url) => url.search === `?service=${service}`);
      await page.getByRole("heading", { name: `Labels of ${service}` }).waitFor();
      expect(await page.locator("select:focus").count()).toBe(1);
    }
    expect(complaints).toEqual([]);
  });

  testWith(
    [requirement],
    "saving a threshold leads back to its button, and tells soon what is in force then",
    async () => {
      await seed(0);
      const { page, complaints } = await open("/services?service=inventory", { isTimeOurs: true });
      const form = page.getByRole("form", { name: "Threshold of inventory" });
      await form.getByText(/^Would have fired: .* in the .* that there are scores for\.$/).waitFor();
      // A minute ahead, so that the page has just asked by itself.
      await page.clock.pauseAt(Date.now() + MINUTE_MS);
      await form.getByText("Alerts a day", { exact: true }).click();
      await form.getByText(/^A young service cannot keep a small budget yet/).waitFor();
      await form.getByRole("spinbutton", { name: "Alerts a day" }).fill("3");
      await page.keyboard.press("Enter");
      await form.waitFor({ state: "detached" });
      await page.locator("button:focus[aria-label='Edit the threshold of inventory']").waitFor();
      // What the stage does then.
      const asked = await waitFor("the budget", () => product().store.threshold("inventory"));
      expect(asked).toMatchObject({ mode: "budget", alertsPerDay: 3 });
      await product().store.saveBatch({
        ...sampleBatch(Date.now(), 0),
        histograms: [],
        thresholds: [{ service: "inventory", value: 0.777 }],
      });
      await page.clock.runFor(SOON_MS);
      await page
        .getByRole("status")
        .getByText("Saved. inventory alerts from 0.777 now (3 alerts a day).")
        .waitFor();
      expect(complaints).toEqual([]);
    },
  );
});

describe("an incident of more templates than it names", () => {
  const { product, open } = browserHooks(requirement);

  testWith([requirement], "says so, counts the others, and judges them with it", async () => {
    const nowMs = Date.now();
    const anomalies = Array.from({ length: 25 }, (_, index) => ({
      ...sampleAnomaly(nowMs - (25 - index) * 1_000, 0),
      templateId: `template-${index}`,
      template: `Template number ${index}`,
      kind: `template-${index}`,
    }));
    await product().store.saveBatch({ ...sampleBatch(nowMs, 0), anomalies });
    const { page, complaints } = await open("/");
    await rowsOf(page).first().getByText("20 or more templates").waitFor();
    await rowsOf(page).first().getByRole("link").click();
    const incident = page.getByRole("region", { name: "Incident" });
    await incident.getByText("other templates: 5 anomalies").waitFor();
    await incident.getByRole("button", { name: "Expected for the whole incident" }).click();
    await waitFor("the verdicts", async () => {
      const said = await product().store.feedbackFor(anomalies.map(({ id }) => id));
      return said.length === 25 ? true : undefined;
    });
    expect(complaints).toEqual([]);
  });
});
