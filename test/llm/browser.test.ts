import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { NOTHING } from "../api/start-api.ts";
import { buildUi } from "../browser/build-ui.ts";
import { accessibilityProblems, chromium, launch, picture, visit } from "../browser/chromium.ts";
import { sampleAnomaly } from "../browser/sample-batch.ts";
import { type Product, startProduct } from "../browser/start-product.ts";
import { testWith } from "../helpers/requirement.ts";
import { ANSWER, FORMATS, type ModelServer, startModelServer } from "./model-server.ts";

const [gemini] = FORMATS;
if (gemini === undefined) throw new Error("no format");
const HOSTILE = {
  ...ANSWER,
  summary: `<img src=x onerror="document.title='owned'"> \u202Eowned [open](https://evil.example/)`,
};
const requirement = chromium();

describe("the page of an anomaly, with a language model", () => {
  let browser: Browser;
  let server: ModelServer;
  let product: Product;
  beforeAll(async () => {
    if (requirement.path === undefined) return;
    const [opened, uiDirectory, started] = await Promise.all([
      launch(requirement.path),
      buildUi(),
      startModelServer(),
    ]);
    browser = opened;
    server = started;
    product = await startProduct(uiDirectory, {}, { ...gemini.settings(server.url), retries: 0 });
  });
  afterAll(() => Promise.all([browser?.close(), product?.close(), server?.close()]));

  const open = async (kind: number) => {
    const anomaly = sampleAnomaly(Date.now() - 60_000, kind);
    await product.store.saveBatch({ ...NOTHING, anomalies: [anomaly] });
    return { anomaly, ...(await visit(browser, `${product.url}/anomalies/${anomaly.id}`)) };
  };

  testWith(
    [requirement],
    "asks when somebody wants it, and shows the answer as text with the prompt",
    async () => {
      const { promise: isHeld, resolve: release } = Promise.withResolvers<void>();
      server.reply(async () => {
        await isHeld;
        return gemini.writes(JSON.stringify(HOSTILE));
      });
      const { anomaly, page, context, complaints } = await open(0);
      const section = page.getByRole("article").locator(".llm");
      await section.getByRole("button", { name: "Explain with the language model" }).click();
      await section.getByText("Asking the language model").waitFor();
      await page.getByRole("heading", { level: 1 }).getByText(anomaly.template.slice(0, 10)).waitFor();
      release();
      await section.getByText(HOSTILE.nextStep).waitFor();
      await section.getByText(HOSTILE.summary.replace("\u202E", "⟨RLO⟩"), { exact: true }).waitFor();
      expect(await section.locator("img, a").count()).toBe(0);
      expect(await page.title()).not.toBe("owned");
      await section.getByText("Show the prompt that was sent").click();
      const { instruction, data } = gemini.sent(server.asked[0]?.body ?? "");
      expect(await section.locator("pre").textContent()).toBe(`${instruction}\n\n${data}`);
      expect(await accessibilityProblems(page)).toEqual([]);
      await picture(page, "llm-answered");
      expect(complaints).toEqual([]);
      await context.close();
    },
  );

  testWith([requirement], "asks about this one where the answer is about another", async () => {
    server.reply(() => gemini.writes(JSON.stringify(ANSWER)));
    const first = await open(2);
    const ofFirst = first.page.getByRole("article").locator(".llm");
    await ofFirst.getByRole("button", { name: "Explain with the language model" }).click();
    await ofFirst.getByText(ANSWER.summary).waitFor();
    expect(await ofFirst.getByRole("button").count()).toBe(0);
    await first.context.close();

    server.reply(() => ({ status: 503, body: "{}" }));
    const { page, context } = await open(2);
    const section = page.getByRole("article").locator(".llm");
    await section.getByText("asked about another anomaly of this kind").waitFor();
    await section.getByRole("button", { name: "Ask about this one" }).click();
    await section.getByText("it has failed (HTTP 503)").waitFor();
    await section.getByText(ANSWER.summary).waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    server.reply(() => gemini.writes(JSON.stringify({ ...ANSWER, summary: "About this one." })));
    await section.getByRole("button", { name: "Ask again" }).click();
    await section.getByText("About this one.").waitFor();
    expect(await section.getByText("another anomaly").count()).toBe(0);
    await context.close();
  });

  testWith([requirement], "says why there is no answer, and asks again", async () => {
    server.reply(() => ({ status: 503, body: "{}" }));
    const { page, context } = await open(1);
    const section = page.getByRole("article").locator(".llm");
    await section.getByRole("button", { name: "Explain with the language model" }).click();
    await section.getByText("it has failed (HTTP 503). The plain one above holds.").waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await picture(page, "llm-failed");
    server.reply(() => gemini.writes(JSON.stringify(ANSWER)));
    await section.getByRole("button", { name: "Ask again" }).click();
    await section.getByText(ANSWER.summary).waitFor();
    await context.close();
  });
});
