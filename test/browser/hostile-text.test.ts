import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { apiConfig } from "../../api/config.ts";
import { type ApiProcess, startApiProcess } from "../../api/start-api-process.ts";
import { encodeRequest } from "../../processor/wire/encode.ts";
import { sendGrpc } from "../edges/senders.ts";
import { type LogbertProcess, startLogbert } from "../helpers/logbert-process.ts";
import { testWith } from "../helpers/requirement.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { builtUi } from "./built-ui.ts";
import { chromium, launch, picture, visit } from "./chromium.ts";

const HTML = `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`;
const SERVICE = `shop<b>\u202E\x1b[1m`;
const BODY = `kernel \x1b[31mpanic\x1b[0m \u202Etxt.exe\u202C cannot\rmount שלום root ${HTML}`;

const requirement = chromium();

describe("a log line that would deceive, through OTLP and the whole product", () => {
  let browser: Browser;
  let logbert: LogbertProcess;
  let api: ApiProcess;

  beforeAll(async () => {
    if (requirement.path === undefined) return;
    const settings = { remember: { flush_interval_ms: 50 } };
    const [opened, started, uiDirectory] = await Promise.all([
      launch(requirement.path),
      startLogbert({ settings }),
      builtUi(),
    ]);
    browser = opened;
    logbert = started;
    api = await startApiProcess({
      config: apiConfig.parse({ endpoint: "127.0.0.1:0" }),
      store: { path: `${logbert.directory}/logbert.db` },
      version: "0.0.0",
      uiDirectory,
      onError: (reason) => process.stderr.write(`${reason}\n`),
    });
  });
  afterAll(async () => {
    await browser?.close();
    await api?.stop();
    await logbert?.stop();
  });

  /** A usual day, and the line at its end. */
  const send = async () => {
    const steps = ["order received", "stock reserved", "card charged", "order shipped"];
    const at = (index: number) => BigInt(Date.now() - 600_000 + index * 100) * 1_000_000n;
    const usual = Array.from({ length: 2_000 }, (_, index) => ({
      timeUnixNano: at(index),
      severityNumber: 9,
      body: `${steps[index % steps.length]} id=${index * 7919}`,
    }));
    const odd = { timeUnixNano: at(2_000), severityNumber: 21, severityText: `<i>FATAL\u202E`, body: BODY };
    for (const records of [usual, [odd]])
      await sendGrpc(
        logbert.grpcEndpoint,
        encodeRequest([{ attributes: { "service.name": SERVICE }, records }]),
      );
    return waitFor("the anomaly", async () => {
      const { anomalies } = await logbert.graphql("{ anomalies { nodes { id body } } }");
      const found = /"id":"(\w{26})","body":"kernel/.exec(JSON.stringify(anomalies));
      return found?.[1];
    });
  };

  testWith([requirement], "is shown as text, whole, and turns nothing around it", async () => {
    const id = await send();
    const { page, context, complaints } = await visit(browser, `http://${api.address}/anomalies/${id}`);
    const article = page.getByRole("article");
    const body = article.locator("pre");
    await body.waitFor();
    expect(await body.textContent()).toBe(
      `kernel ␛[31mpanic␛[0m ⟨RLO⟩txt.exe⟨PDF⟩ cannot␍mount שלום root ${HTML}`,
    );
    const service = "shop<b>⟨RLO⟩␛[1m";
    await article.getByText(service, { exact: true }).waitFor();
    await page.getByRole("listitem").getByText(service, { exact: true }).first().waitFor();
    await picture(page, "hostile");
    // What is left of the signs and of what they stand for, on the whole page.
    const text = String(await page.evaluate("document.body.textContent"));
    expect(text).not.toMatch(/(?![\t\n])\p{Cc}|[\u202A-\u202E\u2066-\u2069\u200E\u200F]/u);
    const attributes = String(
      await page.evaluate(
        "[...document.querySelectorAll(':not(option)')].flatMap((one) => [...one.attributes].map(({ value }) => value)).join(' ')",
      ),
    );
    expect(attributes).not.toMatch(/\p{Cc}|\u202E/u);

    await page.goto(`http://${api.address}/label`);
    const card = page.getByRole("article");
    await waitFor("the card of the line", async () => {
      await card.waitFor();
      if ((await card.textContent())?.includes("panic")) return true;
      await page.keyboard.press("s");
      return undefined;
    });
    await card.getByText("<i>FATAL⟨RLO⟩", { exact: true }).waitFor();
    expect(await page.evaluate("document.body.textContent")).not.toMatch(/\u202E/);

    await page.goto(`http://${api.address}/services`);
    await page.getByRole("row").getByText(service, { exact: true }).waitFor();
    expect(
      await page.evaluate("document.querySelectorAll('img, script:not([src]), bdi b, bdi i').length"),
    ).toBe(0);
    expect(await page.title()).toBe("Services · logbert");
    expect(complaints).toEqual([]);
    await context.close();
  });
});
