import type { Locator, Page } from "playwright-core";
import { describe, expect } from "vitest";
import { z } from "zod";
import type { Store } from "../../store/store.ts";
import { testWith } from "../helpers/requirement.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { browserHooks } from "./browser-hooks.ts";
import { chromium } from "./chromium.ts";
import { expectGoodLook, looks } from "./looks.ts";
import { sampleBatch } from "./sample-batch.ts";
import { saveLabels, saveMonth } from "./sample-scores.ts";

const DAYS = 30;
const DAY_MS = 86_400_000;

const requirement = chromium();

describe("the threshold of a service", () => {
  const under = browserHooks(requirement);
  const seed = () => under.product().store.saveBatch(sampleBatch(Date.now(), 0));
  const openEditor = async (query = "") => {
    const visitor = await under.open(`/services?service=checkout${query}`);
    const form = visitor.page.getByRole("form", { name: "Threshold of checkout" });
    await form.getByText(/Would have fired/).waitFor();
    return { ...visitor, form, slider: form.getByRole("slider", { name: "Threshold" }) };
  };
  const fired = (form: Locator) => form.getByText(/^Would have fired/).innerText();
  const preview = async (page: Page, value: number) => {
    const answer = await page.evaluate(
      `fetch("/graphql", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({
        query: "query($value: Float!, $from: DateTime!) { thresholdPreview(service: \\"checkout\\", value: $value, from: $from) { alerts precision recall } }",
        variables: { value: ${value}, from: new Date(Date.now() - ${DAYS * DAY_MS}).toISOString() } }) }).then((r) => r.json())`,
    );
    return previewAnswer.parse(answer).data.thresholdPreview;
  };

  testWith(
    [requirement],
    "the slider answers over a million records of 30 days without asking the API",
    async () => {
      await seed();
      await saveMonth(under.product().store, Date.now());
      const { page, form, slider, complaints } = await openEditor();
      await form.getByText(/in the last 30 days/).waitFor();
      await slider.press("ArrowRight");
      await form.getByText(/Would have fired/).waitFor();
      const asked: string[] = [];
      page.on("request", (request) => {
        const body = request.postData() ?? "";
        if (/scoreDistribution|computeThreshold/.test(body)) asked.push(body);
      });
      let before = await fired(form);
      for (const value of ["0.5", "0.6", "0.7", "0.8", "0.9"]) {
        await slider.fill(value);
        const said = await fired(form);
        expect(said).not.toBe(before);
        before = said;
      }
      expect(asked).toEqual([]);
      expect(complaints).toEqual([]);
    },
  );

  testWith([requirement], "what it answers is what the API answers", async () => {
    await seed();
    const { store } = under.product();
    await saveMonth(store, Date.now());
    await saveLabels(store, 3, 9);
    const { page, form, slider } = await openEditor();
    for (const value of [0.5, 0.72, 0.88, 0.913, 1]) {
      await slider.fill(String(value));
      const { alerts, precision, recall } = await preview(page, value);
      const text = await fired(form);
      expect(text, String(value)).toContain(`${alerts.toLocaleString("en-US")} alert`);
      const rates = await form.locator(".rates").innerText();
      if (precision !== null) expect(rates, String(value)).toContain(`${Math.round(precision * 100)} %`);
      if (recall !== null) expect(rates, String(value)).toContain(`${Math.round(recall * 100)} %`);
    }
    await slider.fill("0.96");
    await form.getByText("Would miss 3 real anomalies:").waitFor();
    await form
      .getByRole("link", { name: /Connection pool exhausted/ })
      .first()
      .waitFor();
  });

  testWith([requirement], "arrows move it finely, pages coarsely, and a number can be typed", async () => {
    await seed();
    const { form, slider } = await openEditor();
    await slider.fill("0.9");
    await slider.press("ArrowRight");
    expect(await slider.inputValue()).toBe("0.901");
    await slider.press("PageUp");
    expect(await slider.inputValue()).toBe("0.911");
    await slider.press("PageDown");
    await slider.press("PageDown");
    expect(await slider.inputValue()).toBe("0.891");
    const field = form.getByRole("textbox", { name: "Threshold, exactly" });
    await field.fill("high");
    await field.press("Enter");
    await form.getByText("A threshold is a number from 0 to 1.").waitFor();
    await field.fill("0,42");
    await field.press("Enter");
    expect(await slider.inputValue()).toBe("0.42");
    await form.getByRole("button", { name: /^In force 0\.850/ }).click();
    expect(await slider.inputValue()).toBe("0.85");
    expect((await under.product().store.threshold("checkout"))?.mode).toBe("auto");
  });

  testWith([requirement], "the period is in the address", async () => {
    await seed();
    await saveMonth(under.product().store, Date.now());
    const { page, form } = await openEditor();
    const month = await fired(form);
    await form.getByText("1 day", { exact: true }).click();
    await form.getByText(/in the last day/).waitFor();
    await page.waitForURL((url) => url.searchParams.get("days") === "1");
    expect(await fired(form)).not.toBe(month);
    await page.reload();
    await form.getByText(/in the last day/).waitFor();
  });

  testWith(
    [requirement],
    "too few labels are told with what is missing; enough make a proposal",
    async () => {
      await seed();
      const { store } = under.product();
      await saveLabels(store, 3, 9);
      const { page, form, slider } = await openEditor();
      await form
        .getByText("Too few labels: 3 of 10 real, 9 of 50 expected; 7 more real and 41 more expected")
        .waitFor();
      expect(await form.getByRole("link", { name: "Label records of checkout" }).getAttribute("href")).toBe(
        "/label?service=checkout",
      );
      await saveLabels(store, 8, 48);
      await page.reload();
      await form.getByText(/^AUC 1\.000 over 11 real and 57 expected/).waitFor();
      await form.getByRole("img", { name: /^ROC curve; the proposal catches 100 %/ }).waitFor();
      await form.getByRole("button", { name: "Try 0.950" }).click();
      expect(await slider.inputValue()).toBe("0.95");
      await form.getByRole("button", { name: /^Proposed 0\.950/ }).waitFor();
    },
  );

  testWith([requirement], "the history says who set what, and takes a change back", async () => {
    await seed();
    const { store } = under.product();
    await setBy(store, "ana", { mode: "budget", alertsPerDay: 2, value: undefined });
    await setBy(store, "ben", { mode: "manual", alertsPerDay: undefined, value: 0.93 });
    const { form, slider } = await openEditor();
    const changes = form.getByRole("region", { name: "History" }).getByRole("listitem");
    await changes.first().getByText("fixed at 0.930").waitFor();
    await changes.last().getByText("2 alerts a day").waitFor();
    await changes.first().getByText("by ben").waitFor();
    await changes.first().getByRole("button", { name: "Revert to 2 alerts a day" }).click();
    await changes.first().getByText("taking a change back").waitFor();
    expect(await store.threshold("checkout")).toMatchObject({ mode: "budget", alertsPerDay: 2 });
    expect(await changes.count()).toBe(3);
    await slider.fill("0.9");
    await form.getByRole("button", { name: "Save" }).click();
    await form.waitFor({ state: "detached" });
    expect(await store.threshold("checkout")).toMatchObject({ mode: "manual", value: 0.9 });
  });

  testWith(
    [requirement],
    "who was slower is told what somebody else has set, loses nothing, and decides",
    async () => {
      await seed();
      const { store } = under.product();
      const { form, slider, complaints } = await openEditor();
      await slider.fill("0.91");
      await setBy(store, "ben", { mode: "budget", alertsPerDay: 7, value: undefined });
      await form.getByRole("button", { name: "Save" }).click();
      await form
        .getByRole("alert")
        .getByText(/^ben set it to 7 alerts a day/)
        .waitFor();
      expect(await slider.inputValue()).toBe("0.91");
      expect(await store.threshold("checkout")).toMatchObject({ mode: "budget", alertsPerDay: 7 });
      await form.getByRole("button", { name: "Save mine" }).click();
      await form.waitFor({ state: "detached" });
      expect(await store.threshold("checkout")).toMatchObject({ mode: "manual", value: 0.91 });
      expect(complaints).toEqual([]);
    },
  );

  testWith([requirement], "what was typed outlives an API that goes away and comes back", async () => {
    await seed();
    const { page, form, slider } = await openEditor();
    await slider.fill("0.917");
    await under.product().stopApi();
    await form.getByRole("button", { name: "Save" }).click();
    await form.getByRole("alert").getByText("The API does not answer.").waitFor();
    await page.getByRole("status").getByText("Reconnecting").waitFor();
    await under.product().startApi();
    await page.getByRole("status").getByText("Live").waitFor();
    expect(await slider.inputValue()).toBe("0.917");
    await form.getByRole("button", { name: "Save" }).click();
    await form.waitFor({ state: "detached" });
    expect(await under.product().store.threshold("checkout")).toMatchObject({ mode: "manual", value: 0.917 });
  });

  testWith([requirement], "is accessible in both schemes and widths", async () => {
    await seed();
    const { store } = under.product();
    await saveLabels(store, 11, 57);
    await setBy(store, "ana", { mode: "budget", alertsPerDay: 2, value: undefined });
    for (const [name, look] of looks) {
      const { page, complaints } = await under.open("/services?service=checkout", look);
      await page.getByRole("button", { name: "Try 0.950" }).click();
      await page.getByText("by ana").waitFor();
      await expectGoodLook({ page }, `threshold-editor-${name}`);
      await setBy(store, "ben", { mode: "budget", alertsPerDay: 7, value: undefined });
      await page.getByRole("button", { name: "Save" }).click();
      await page.getByRole("alert").waitFor();
      await waitFor("the history", async () =>
        (await page.getByText("by ben").count()) > 0 ? true : undefined,
      );
      await expectGoodLook({ page }, `threshold-conflict-${name}`);
      expect(complaints).toEqual([]);
    }
  });
});

const previewAnswer = z.object({
  data: z.object({
    thresholdPreview: z.object({
      alerts: z.number(),
      precision: z.number().nullable(),
      recall: z.number().nullable(),
    }),
  }),
});

/** Drags the slider over its whole scale; answers how long the page took each time to say the outcome, laid out. */
async function setBy(
  store: Store,
  author: string,
  rule: Pick<Parameters<Store["setThreshold"]>[0], "mode" | "alertsPerDay" | "value">,
): Promise<void> {
  await store.setThreshold({ service: "checkout", author, ...rule }, Date.now());
}
