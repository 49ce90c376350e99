import type { Page } from "playwright-core";
import { describe, expect } from "vitest";
import { testWith } from "../helpers/requirement.ts";
import { browserHooks } from "./browser-hooks.ts";
import { chromium } from "./chromium.ts";
import { expectGoodLook, looks } from "./looks.ts";
import { sampleAnomaly, sampleBatch } from "./sample-batch.ts";

const SEEDED = 12;
const requirement = chromium();

/** The card's sentence: no two templates of the samples have the same. */
const sentence = (page: Page) => page.getByRole("article").getByRole("heading", { level: 2 }).first();

describe("the labelling page", () => {
  const under = browserHooks(requirement);
  const seed = () => under.product().store.saveBatch(sampleBatch(Date.now(), SEEDED));
  const labels = async () => {
    const { store } = under.product();
    const all = await store.anomalies({}, { first: SEEDED });
    return store.feedbackFor(all.map(({ id }) => id));
  };

  testWith(
    [requirement],
    "an empty queue says what to do, and a record that comes is there by itself",
    async () => {
      await under.product().store.saveBatch(sampleBatch(Date.now(), 0));
      const { page, complaints } = await under.open("/label");
      await page.getByRole("heading", { name: "Nothing to label" }).waitFor();
      await page.keyboard.press("r");
      await page.keyboard.press("u");
      await under.product().store.saveBatch({
        ...sampleBatch(Date.now(), 0),
        histograms: [],
        services: [],
        anomalies: [sampleAnomaly(Date.now(), 1)],
      });
      await sentence(page).getByText("Retrying payment").waitFor();
      expect(await labels()).toEqual([]);
      expect(complaints).toEqual([]);
    },
  );

  testWith(
    [requirement],
    "labels by keys, one card after the other, and takes back step by step",
    async () => {
      await seed();
      const { page, complaints } = await under.open("/label");
      const status = page.getByRole("status");
      await sentence(page).waitFor();
      const first = await sentence(page).innerText();

      await page.keyboard.press("r");
      await status.getByText(/^Marked as real\. Next: /).waitFor();
      const second = await sentence(page).innerText();
      expect(second).not.toBe(first);
      await page.getByText("1 of 10 real").waitFor();
      expect(await labels()).toMatchObject([{ isTrueAnomaly: true }]);

      await page.keyboard.press("s");
      await status.getByText(/^Skipped\. Next: /).waitFor();
      expect(await sentence(page).innerText()).not.toBe(second);
      await page.keyboard.press("e");
      await status.getByText(/^Marked as expected\./).waitFor();
      await page.getByText("This session: 1 real, 1 expected, 1 skipped").waitFor();
      expect(await labels()).toHaveLength(2);

      await page.keyboard.press("u");
      await status.getByText("The label was taken back").waitFor();
      await page.keyboard.press("u");
      await status.getByText("The skipped record is back").waitFor();
      expect(await sentence(page).innerText()).toBe(second);
      await page.keyboard.press("u");
      await page.getByText("This session: 0 real, 0 expected").waitFor();
      expect(await sentence(page).innerText()).toBe(first);
      expect(await labels()).toEqual([]);

      await page.keyboard.press("?");
      await page.getByRole("dialog", { name: "Keyboard" }).waitFor();
      await page.keyboard.press("r");
      await page.keyboard.press("Escape");
      expect(await labels()).toEqual([]);
      expect(complaints).toEqual([]);
    },
  );

  testWith([requirement], "a label that could not be stored keeps its card", async () => {
    await seed();
    const { page } = await under.open("/label");
    await sentence(page).waitFor();
    const card = await sentence(page).innerText();
    await under.product().stopApi();
    await page.keyboard.press("r");
    await page.getByRole("alert").getByText("The API does not answer.").waitFor();
    expect(await sentence(page).innerText()).toBe(card);
    await under.product().startApi();
    await page.getByRole("button", { name: "Real" }).click();
    await page
      .getByRole("status")
      .getByText(/^Marked as real/)
      .waitFor();
    expect(await page.getByRole("alert").count()).toBe(0);
    expect(await labels()).toHaveLength(1);
  });

  testWith([requirement], "the service is in the address, and what was passed over comes again", async () => {
    await seed();
    const { page, complaints } = await under.open("/label?service=payments");
    await sentence(page).getByText("Retrying payment").waitFor();
    await page.getByRole("heading", { name: "Labels of payments" }).waitFor();
    await page.keyboard.press("s");
    await page.getByRole("heading", { name: "Everything else is labelled" }).waitFor();
    await page.getByRole("button", { name: "Go through the skipped ones" }).click();
    await sentence(page).getByText("Retrying payment").waitFor();
    await page.getByRole("combobox", { name: "Service" }).selectOption("inventory");
    await page.waitForURL((url) => url.search === "?service=inventory");
    await sentence(page).getByText("is negative").waitFor();
    expect(complaints).toEqual([]);
  });

  testWith([requirement], "a record below the threshold is told from one that alerted", async () => {
    const record = { ...sampleAnomaly(Date.now(), 1), score: 0.84 };
    await under.product().store.saveBatch({
      ...sampleBatch(Date.now(), 0),
      samples: [{ slot: "payments", record }],
    });
    const { page } = await under.open("/label");
    await page.getByText(/^Sample below the threshold, 0\.850/).waitFor();
    await page.keyboard.press("e");
    await page.getByRole("heading", { name: "All labelled" }).waitFor();
    expect(await under.product().store.feedbackFor([record.id])).toMatchObject([{ isTrueAnomaly: false }]);
  });

  testWith([requirement], "a queue that cannot be read is there again when the API is", async () => {
    await seed();
    const { page } = await under.open("/services");
    await page.getByRole("status").getByText("Live").waitFor();
    await under.product().stopApi();
    await page.getByRole("link", { name: "Label", exact: true }).click();
    await page.getByRole("alert").getByText("The API does not answer.").waitFor();
    await under.product().startApi();
    await sentence(page).waitFor();
    expect(await page.getByRole("alert").count()).toBe(0);
  });

  testWith([requirement], "is accessible in both schemes and widths", async () => {
    await seed();
    for (const [name, look] of looks) {
      const { page, complaints } = await under.open("/label", look);
      await sentence(page).waitFor();
      await page.getByText(/of 10 real/).waitFor();
      await expectGoodLook({ page }, `label-${name}`);
      await page.keyboard.press("?");
      await page.getByRole("dialog", { name: "Keyboard" }).waitFor();
      await expectGoodLook({ page }, `label-help-${name}`);
      await page.goto(`${under.product().url}/label?service=nobody`);
      await page.getByRole("alert").waitFor();
      await expectGoodLook({ page }, `label-error-${name}`);
      expect(
        complaints.filter((one) => !one.includes("nobody")),
        name,
      ).toEqual([]);
    }
  });
});
