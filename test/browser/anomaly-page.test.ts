import { beforeEach, describe, expect } from "vitest";
import type { Anomaly, Sample } from "../../store/anomaly.ts";
import { testWith } from "../helpers/requirement.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { browserHooks } from "./browser-hooks.ts";
import { chromium, picture, type VisitorOptions } from "./chromium.ts";
import { expectGoodLook, looks } from "./looks.ts";
import { sampleAnomaly, sampleBatch } from "./sample-batch.ts";

const LINKS = [
  { name: "Logs in Grafana", url: "https://grafana.example/explore?service={service}&from={fromMs}" },
  { name: "Trace in Jaeger", url: "https://jaeger.example/trace/{traceId}" },
];

/** The anomaly's own window with its last event as it normally is, and one event more before it. */
function normalLike(anomaly: Anomaly): Sample {
  const context = anomaly.window.slice(0, -1);
  const timeMs = anomaly.timeMs - 3_600_000;
  const events = ["Checked address of <*>", "Sent parcel <*>"].map((template, index) => ({
    timeMs: timeMs + index * 40,
    template,
    severityNumber: 9,
    isSubject: index === 1,
  }));
  const window = [...context.map((event) => ({ ...event, timeMs: event.timeMs - 3_600_000 })), ...events];
  return { slot: "usual t shop", record: { ...sampleAnomaly(timeMs, 0), service: anomaly.service, window } };
}

const requirement = chromium();

describe("the page of an anomaly", () => {
  const { product, open } = browserHooks(requirement, { links: LINKS });
  let anomaly: Anomaly;
  beforeEach(() => {
    anomaly = sampleAnomaly(Date.now() - 60_000, 0);
  });

  const seed = (samples: readonly Sample[]) =>
    product().store.saveBatch({ ...sampleBatch(Date.now(), 3), anomalies: [anomaly], samples });

  const pageOf = (id: string, options: VisitorOptions = {}) => open(`/anomalies/${id}`, options);

  testWith(
    [requirement],
    "lays the nearest normal sequence beside what came, and says how they differ",
    async () => {
      await seed([normalLike(anomaly)]);
      const { page, complaints } = await pageOf(anomaly.id);
      const detail = page.getByRole("article");
      await detail
        .getByText(
          /^2 events differ from the nearest normal sequence, seen .*: 1 came instead of another, 1 is missing\.$/,
        )
        .waitFor();
      const rows = detail.locator(".comparison li:not(.folded)");
      expect(await rows.count()).toBe(4);
      await detail.getByRole("button", { name: "9 equal events" }).click();
      expect(await rows.count()).toBe(anomaly.window.length + 1);
      const subject = rows.filter({ hasText: "This event" });
      expect(await subject.innerText()).toContain("Connection pool exhausted");
      expect(await subject.innerText()).toContain("expected here (87 %)");
      expect(await rows.filter({ hasText: "Missing event" }).innerText()).toContain("Checked address of <*>");
      const [came, normal] = await Promise.all([
        rows.first().locator(".cell-came").boundingBox(),
        rows.first().locator(".cell-normal").boundingBox(),
      ]);
      expect(came?.y).toBe(normal?.y);
      expect(complaints).toEqual([]);
    },
  );

  testWith(
    [requirement],
    "is the same by the id that another stage gave it, which makes room for its own",
    async () => {
      anomaly = { ...anomaly, fingerprint: "the same" };
      await seed([]);
      const again = { ...anomaly, id: sampleAnomaly(Date.now(), 1).id };
      await product().store.saveBatch({ ...sampleBatch(Date.now(), 0), anomalies: [again] });
      const { page, complaints } = await pageOf(`${again.id}?service=checkout`);
      await page
        .getByRole("article")
        .getByText("whether the service has ever written such a message")
        .waitFor();
      await page.waitForURL(
        (url) => url.pathname === `/anomalies/${anomaly.id}` && url.search === "?service=checkout",
      );
      expect(complaints).toEqual([]);
    },
  );

  testWith([requirement], "shows what came alone while no normal sequence is stored", async () => {
    await seed([]);
    const { page } = await pageOf(anomaly.id);
    await page.getByText("No normal sequence of this service is stored yet").waitFor();
    await page.getByRole("article").getByText("This event", { exact: true }).waitFor();
  });

  testWith([requirement], "says what each detector looks at, and which words mattered", async () => {
    await seed([]);
    const { page } = await pageOf(anomaly.id);
    await page.getByText("whether the service has ever written such a message").waitFor();
    await page.getByText("What mattered most").waitFor();
    expect(await page.locator(".body mark").innerText()).toBe(anomaly.body.slice(0, 10));
  });

  testWith([requirement], "leads to other tools in a tab of its own, which is not told whence", async () => {
    await seed([]);
    const { page } = await pageOf(anomaly.id);
    const link = page.getByRole("link", { name: "Trace in Jaeger" });
    await link.waitFor();
    expect(await link.getAttribute("href")).toBe(`https://jaeger.example/trace/${anomaly.traceId}`);
    expect(await link.getAttribute("rel")).toBe("noreferrer");
    expect(await link.getAttribute("target")).toBe("_blank");
    await page.getByRole("link", { name: "Other anomalies of this template" }).click();
    await page.waitForURL(
      (url) => url.pathname === "/" && url.search === `?template=${anomaly.templateId}&view=anomalies`,
    );
  });

  testWith([requirement], "copies the trace id and a link to itself, with the keyboard", async () => {
    await seed([]);
    const { page, context } = await pageOf(`${anomaly.id}?service=checkout`);
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    const copy = async (name: string) => {
      await page.getByRole("button", { name }).focus();
      await page.keyboard.press("Enter");
    };
    const clipboard = () => page.evaluate("navigator.clipboard.readText()");
    await copy("Copy the trace id");
    await expect.poll(clipboard).toBe(anomaly.traceId);
    await copy("Copy link of this anomaly");
    await expect.poll(clipboard).toBe(`${product().url}/anomalies/${anomaly.id}`);
  });

  testWith([requirement], "lists what everybody said, with name and time, where they disagree", async () => {
    await seed([]);
    const give = (isTrueAnomaly: boolean, author: string, number: number, note?: string) =>
      product().store.addFeedback({
        id: String(number).padStart(26, "0"),
        anomalyId: anomaly.id,
        isTrueAnomaly,
        note,
        author,
        createdAtMs: Date.now() - 120_000 + number,
      });
    await give(true, "ana", 1);
    await give(false, "ben", 2, "load test");
    const { page, complaints } = await pageOf(anomaly.id);
    const verdict = page.getByRole("region", { name: "Your verdict" });
    await verdict.getByText("ben, 2 min ago").waitFor();
    await page.getByRole("heading", { name: "Verdicts differ; the last one counts" }).waitFor();
    const words = page.locator(".feedback-list li");
    expect(await words.count()).toBe(2);
    expect(await words.first().innerText()).toMatch(/Expected\s+ben[\s\S]*load test/);
    expect(await words.last().innerText()).toMatch(/Real\s+ana/);
    await page.keyboard.press("r");
    await waitFor("a third word beside the others", async () =>
      (await words.count()) === 3 ? true : undefined,
    );
    expect(await product().store.feedbackFor([anomaly.id])).toHaveLength(3);
    await product().store.undoFeedback("1".padStart(26, "0"), Date.now() - 60_000, "eve");
    await page.reload();
    await words.filter({ hasText: "taken back by eve, 1 min ago" }).waitFor();
    expect(await words.last().innerText()).toMatch(/Real\s+ana[\s\S]*taken back by eve/);
    expect(complaints).toEqual([]);
  });

  testWith([requirement], "says of a sampled record that it alerted nobody", async () => {
    const normal = normalLike(anomaly);
    await seed([normal]);
    const { page } = await pageOf(normal.record.id);
    await page.getByText("Sampled, no alert").waitFor();
    await page.getByText("alerted nobody").waitFor();
  });

  testWith([requirement], "comes back by itself when the API was away", async () => {
    await seed([]);
    const { page } = await open("/services");
    await page.getByRole("status").getByText("Live").waitFor();
    await product().stopApi();
    await page.getByRole("status").getByText("Reconnecting").waitFor();
    await page.evaluate(
      `history.pushState(null, "", "/anomalies/${anomaly.id}"); dispatchEvent(new PopStateEvent("popstate"))`,
    );
    await page.getByRole("region", { name: "Anomaly" }).getByRole("alert").waitFor();
    await product().startApi();
    await page.getByRole("article").getByText("This event", { exact: true }).waitFor();
  });

  testWith([requirement], "is accessible and fits, dark and light, wide and narrow", async () => {
    await seed([normalLike(anomaly)]);
    for (const [name, look] of [
      ...looks,
      ["half", { viewport: { width: 1000, height: 800 } }],
      ["tablet", { viewport: { width: 700, height: 800 } }],
    ] as const) {
      const { page, complaints } = await pageOf(anomaly.id, look);
      await page.getByText("2 events differ").waitFor();
      await picture(page, `anomaly-page-${name}`);
      await page.getByRole("heading", { name: "Detectors" }).scrollIntoViewIfNeeded();
      await expectGoodLook({ page }, `anomaly-page-below-${name}`);
      expect(complaints, name).toEqual([]);
    }
  });
});
