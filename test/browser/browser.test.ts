import type { Locator, Page } from "playwright-core";
import { describe, expect } from "vitest";
import { testWith } from "../helpers/requirement.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { browserHooks } from "./browser-hooks.ts";
import { chromium, drawn, picture } from "./chromium.ts";
import { expectGoodLook, looks } from "./looks.ts";
import { sampleAnomaly, sampleBatch } from "./sample-batch.ts";

const SEEDED = 60;

/** The rows of the list of anomalies; the chart has a list of its own. */
function rowsOf(page: Page): Locator {
  return page.getByRole("list", { name: "Anomalies, newest first" }).getByRole("listitem");
}

const requirement = chromium();

describe("the UI in a real browser, over the real API and a real database", () => {
  const { product, open } = browserHooks(requirement);

  const seed = () => product().store.saveBatch(sampleBatch(Date.now(), SEEDED));

  const saveAnomaly = (anomaly: ReturnType<typeof sampleAnomaly>) =>
    product().store.saveBatch({
      ...sampleBatch(Date.now(), 0),
      histograms: [],
      services: [],
      anomalies: [anomaly],
    });

  testWith([requirement], "a page without anomalies says what is happening", async () => {
    await product().store.saveBatch(sampleBatch(Date.now(), 0));
    const { page, complaints } = await open("/");
    await page.getByRole("heading", { name: "Nothing odd so far" }).waitFor();
    await page.getByText("Learning: 1 service, 113,666 records so far.").waitFor();
    await page.getByText("31.6").or(page.getByText("32")).first().waitFor();
    await picture(page, "empty");
    expect(complaints).toEqual([]);
  });

  testWith([requirement], "a new anomaly appears by itself, on top, without a reload", async () => {
    await seed();
    const { page, complaints } = await open("/?view=anomalies");
    const rows = rowsOf(page);
    await rows.first().waitFor();
    await page.getByText("Live", { exact: true }).last().waitFor();
    await page.evaluate("globalThis.isSamePage = true");
    const fresh = { ...sampleAnomaly(Date.now(), 3), service: "newcomer" };
    await saveAnomaly(fresh);
    await rows.first().getByText("newcomer").waitFor();
    await picture(page, "live");
    expect(await page.evaluate("globalThis.isSamePage")).toBe(true);
    expect(complaints).toEqual([]);
  });

  testWith([requirement], "what came while the connection was lost is there when it is back", async () => {
    await seed();
    const { page } = await open("/?view=anomalies");
    await page.getByRole("status").getByText("Live").waitFor();
    await product().stopApi();
    await page.getByRole("status").getByText("Reconnecting").waitFor();
    await saveAnomaly({ ...sampleAnomaly(Date.now(), 1), service: "missed-one" });
    await product().startApi();
    await page.getByRole("status").getByText("Live").waitFor();
    await rowsOf(page).first().getByText("missed-one").waitFor();
  });

  testWith(
    [requirement],
    "older anomalies are loaded on scrolling, and arrivals wait until they are asked for",
    async () => {
      await product().store.saveBatch(sampleBatch(Date.now(), 130));
      const { page, complaints } = await open("/?view=anomalies");
      const list = page.getByRole("list", { name: "Anomalies, newest first" });
      await list.getByRole("listitem").first().waitFor();
      await list.hover();
      await waitFor("the oldest row", async () => {
        await page.mouse.wheel(0, 3000);
        await drawn(page);
        return (await list.locator("li[aria-posinset='130']").count()) > 0 ? true : undefined;
      });
      await saveAnomaly({ ...sampleAnomaly(Date.now(), 2), service: "newcomer" });
      await page.getByRole("button", { name: "Show 1 new anomaly" }).click();
      await list.getByText("newcomer").waitFor();
      expect(complaints).toEqual([]);
    },
  );

  testWith(
    [requirement],
    "an anomaly is opened, explained, judged and unjudged with the keyboard alone",
    async () => {
      await seed();
      const { page, complaints } = await open("/?view=anomalies");
      await rowsOf(page).first().waitFor();
      await page.keyboard.press("j");
      await page.keyboard.press("Enter");
      const detail = page.getByRole("article");
      await detail.getByRole("heading", { name: "Expected here" }).waitFor();
      await detail.getByRole("list", { name: "Facts" }).getByText("Never seen in 113,666 records").waitFor();
      await detail.getByText("87 %", { exact: true }).waitFor();
      await detail.getByText("the end of the session").waitFor();
      await detail.getByRole("heading", { name: "Sequence" }).waitFor();
      expect(await detail.getByText("This event", { exact: true }).count()).toBe(1);
      await detail.getByText("Event model").waitFor();
      await picture(page, "anomaly");

      const id = new URL(page.url()).pathname.split("/").at(-1) ?? "";
      await page.keyboard.press("e");
      await detail.getByRole("button", { name: "Undo" }).waitFor();
      expect(await product().store.feedbackFor([id])).toMatchObject([
        { anomalyId: id, isTrueAnomaly: false },
      ]);
      await page.keyboard.press("u");
      await detail.getByRole("button", { name: "Expected" }).waitFor();
      expect(await product().store.feedbackFor([id])).toEqual([]);

      await detail.getByRole("textbox", { name: "Note" }).fill("the pool was resized");
      await detail.getByRole("button", { name: "Real" }).click();
      await detail.getByRole("region", { name: "Your verdict" }).getByText("the pool was resized").waitFor();
      expect(await product().store.feedbackFor([id])).toMatchObject([
        { isTrueAnomaly: true, note: "the pool was resized" },
      ]);

      await page.keyboard.press("j");
      await page.waitForURL((url) => !url.pathname.endsWith(id));
      await page.keyboard.press("k");
      await page.waitForURL((url) => url.pathname.endsWith(id));
      await page.keyboard.press("?");
      await page.getByRole("dialog", { name: "Keyboard" }).waitFor();
      await page.keyboard.press("Escape");
      await page.keyboard.press("Escape");
      await page.waitForURL((url) => url.pathname === "/");
      expect(complaints).toEqual([]);
    },
  );

  testWith([requirement], "what is shown is in the address", async () => {
    await seed();
    const { page, complaints } = await open("/?view=anomalies");
    await rowsOf(page).first().waitFor();
    await page.getByRole("combobox", { name: "Service" }).selectOption("payments");
    await page.getByRole("searchbox").fill("retrying");
    await page.waitForURL((url) => url.search === "?view=anomalies&service=payments&q=retrying");
    await waitFor("only what matches", async () => {
      const texts = await rowsOf(page).allInnerTexts();
      return texts.length > 0 && texts.every((text) => text.includes("payments")) ? true : undefined;
    });
    await page.reload();
    await rowsOf(page).first().waitFor();
    expect(await page.getByRole("searchbox").inputValue()).toBe("retrying");
    await page.getByRole("searchbox").fill("no such text anywhere");
    await page.getByRole("button", { name: "Clear the filter" }).click();
    await rowsOf(page).first().waitFor();
    expect(new URL(page.url()).search).toBe("?view=anomalies");
    expect(complaints).toEqual([]);
  });

  testWith([requirement], "a threshold is tried on the past, set, and in the store", async () => {
    await seed();
    const { page, complaints } = await open("/services");
    const row = page.getByRole("row").filter({ hasText: "checkout" });
    await row.getByRole("button", { name: "Edit the threshold of checkout" }).click();
    const form = page.getByRole("form", { name: "Threshold of checkout" });
    await form.getByText("Fixed value").click();
    const slider = form.getByRole("slider", { name: "Threshold" });
    await slider.fill("0.9");
    await slider.press("ArrowRight");
    await form
      .getByText(/Would have fired: [\d,]+ alerts? in the \d+ (min|h) that there are scores for/)
      .waitFor();
    await picture(page, "threshold");
    await form.getByRole("button", { name: "Save" }).click();
    await form.waitFor({ state: "detached" });
    await row.getByText("0.901").waitFor();
    expect(await product().store.threshold("checkout")).toMatchObject({ mode: "manual", value: 0.901 });

    await row.getByRole("button", { name: "Edit" }).click();
    await form.getByText("Alerts a day", { exact: true }).click();
    await form.getByRole("spinbutton", { name: "Alerts a day" }).fill("0");
    await form.getByRole("button", { name: "Save" }).click();
    await form.getByRole("alert").waitFor();
    await form.getByRole("spinbutton", { name: "Alerts a day" }).fill("3");
    await form.getByRole("button", { name: "Save" }).click();
    await form.waitFor({ state: "detached" });
    expect(await product().store.threshold("checkout")).toMatchObject({ mode: "budget", alertsPerDay: 3 });
    expect(complaints).toEqual([]);
  });

  testWith([requirement], "an address that leads nowhere says so", async () => {
    const { page } = await open("/anomalies/01ARZ3NDEKTSV4RRFFQ69G5FAV");
    await page.getByRole("heading", { name: "No such anomaly" }).waitFor();
    await page.goto(`${product().url}/nowhere`);
    await page.getByRole("heading", { name: "There is nothing at this address" }).waitFor();
  });

  testWith(
    [requirement],
    "every page is accessible, dark and light, wide and narrow, and never wider than the window",
    async () => {
      await seed();
      for (const [name, look] of looks) {
        const { page, complaints } = await open("/?view=anomalies", look);
        const check = (what: string) => expectGoodLook({ page }, `${what}-${name}`);
        await rowsOf(page).first().waitFor();
        await check("live");
        await rowsOf(page).first().getByRole("link").click();
        await page.getByRole("article").waitFor();
        await check("anomaly");
        await page.getByRole("link", { name: "Services" }).click();
        await page.getByRole("button", { name: "Edit the threshold of checkout" }).click();
        await page.getByText("Would have fired").waitFor();
        await check("services");
        await page.goto(`${product().url}/?q=nothing-like-this`);
        await page.getByRole("heading", { name: "No anomaly matches" }).waitFor();
        await check("no-match");
        expect(complaints, name).toEqual([]);
      }
    },
  );
});
