import { isDeepStrictEqual } from "node:util";
import type { Page } from "playwright-core";
import { ulid } from "ulid";
import { describe, expect } from "vitest";
import type { Anomaly } from "../../store/anomaly.ts";
import { testWith } from "../helpers/requirement.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { browserHooks } from "./browser-hooks.ts";
import { chromium, drawn, picture } from "./chromium.ts";
import { expectGoodLook, looks } from "./looks.ts";
import { sampleAnomaly, sampleBatch } from "./sample-batch.ts";

const MINUTE_MS = 60_000;

const requirement = chromium();

const rowsOf = (page: Page) =>
  page.getByRole("list", { name: "Incidents, newest first" }).getByRole("listitem");

describe("incidents on the live page", () => {
  const { product, open } = browserHooks(requirement);

  const save = (anomalies: readonly Anomaly[]) =>
    product().store.saveBatch({ ...sampleBatch(Date.now(), 0), histograms: [], services: [], anomalies });

  /** An outage of checkout of two templates, 30 anomalies in all, and one odd record of inventory before it. */
  const seedOutage = async (endMs: number) => {
    await product().store.saveBatch(sampleBatch(endMs, 0));
    await save([
      sampleAnomaly(endMs - 30 * MINUTE_MS, 3),
      ...Array.from({ length: 30 }, (_, index) =>
        sampleAnomaly(endMs - (30 - index) * 1_000, index % 3 === 0 ? 2 : 0),
      ),
    ]);
  };

  /** Incidents an hour apart, so that each is one of its own. */
  const seedMany = (count: number) =>
    save(
      Array.from({ length: count }, (_, index) =>
        sampleAnomaly(Date.now() - (count - index) * 60 * MINUTE_MS, 3),
      ),
    );

  const feedbackOf = async (page: Page) => {
    const anomalies = await product().store.anomalies({}, { first: 100 });
    await page.getByRole("main").waitFor();
    return product().store.feedbackFor(anomalies.map(({ id }) => id));
  };

  testWith([requirement], "nothing to show says so, in either view", async () => {
    await product().store.saveBatch(sampleBatch(Date.now(), 0));
    const { page, complaints } = await open("/");
    await page.getByRole("heading", { name: "Nothing odd so far" }).waitFor();
    await page.getByText("Every anomaly", { exact: true }).click();
    await page.waitForURL((url) => url.search === "?view=anomalies");
    await page.getByRole("heading", { name: "Nothing odd so far" }).waitFor();
    expect(complaints).toEqual([]);
  });

  testWith([requirement], "an outage is one row, which changes where it is while it grows", async () => {
    await seedOutage(Date.now());
    const { page, complaints } = await open("/");
    const rows = rowsOf(page);
    await rows.nth(1).waitFor();
    expect(await rows.count()).toBe(2);
    await rows.first().getByText("30 anomalies").waitFor();
    await rows.first().getByText("and 1 more template").waitFor();
    await rows.first().getByText("Ongoing").waitFor();
    await page.getByText("Live", { exact: true }).last().waitFor();
    await page.evaluate("globalThis.isSamePage = true");
    await save([sampleAnomaly(Date.now(), 0), sampleAnomaly(Date.now(), 0)]);
    await rows.first().getByText("32 anomalies").waitFor();
    expect(await rows.count()).toBe(2);
    expect(await page.evaluate("globalThis.isSamePage")).toBe(true);
    await picture(page, "incidents");
    expect(complaints).toEqual([]);
  });

  testWith(
    [requirement],
    "its panel has its templates, each with its strongest anomaly, and leads to all of its anomalies",
    async () => {
      await seedOutage(Date.now());
      const { page, complaints } = await open("/");
      await rowsOf(page).first().getByRole("link").click();
      const incident = page.getByRole("region", { name: "Incident" });
      await incident.getByText("20×").waitFor();
      const other = incident.getByRole("link").filter({ hasText: "Connection pool exhausted" });
      const href = await other.getAttribute("href");
      await other.click();
      await page.waitForURL((url) => url.pathname === href);
      await page
        .getByRole("article")
        .getByRole("heading", { name: /Connection pool exhausted/ })
        .waitFor();
      // The row of the incident stays the one that is open.
      await rowsOf(page).first().locator("a[aria-current]").waitFor();
      await picture(page, "incident-panel");
      await incident.getByRole("link", { name: "All 30 anomalies" }).click();
      const all = page.getByRole("list", { name: "Anomalies, newest first" });
      await all.locator("li[aria-setsize='30']").first().waitFor();
      await page.getByRole("button", { name: "One incident" }).click();
      await all.locator("li[aria-setsize='31']").first().waitFor();
      expect(complaints).toEqual([]);
    },
  );

  testWith([requirement], "a row is judged and unjudged with the keyboard alone", async () => {
    await seedOutage(Date.now());
    const message = sampleAnomaly(Date.now(), 0);
    const detectors = [{ detector: "rate", pValue: 1e-9, share: 1 }];
    await save([{ ...message, explanation: { ...message.explanation, detectors } }]);
    const { page, complaints } = await open("/");
    await rowsOf(page).first().waitFor();
    await page.keyboard.press("j");
    await rowsOf(page).first().locator("a:focus").waitFor();
    await page.keyboard.press("e");
    await rowsOf(page).first().getByText("Expected", { exact: true }).waitFor();
    const given = await feedbackOf(page);
    // Of both templates, and of the burst of one of them.
    expect(given.map(({ isTrueAnomaly }) => isTrueAnomaly)).toEqual([false, false, false]);
    await page.keyboard.press("u");
    await rowsOf(page).first().getByText("Expected", { exact: true }).waitFor({ state: "detached" });
    expect(await feedbackOf(page)).toEqual([]);

    await page.keyboard.press("Enter");
    await page.getByRole("article").waitFor();
    await page.keyboard.press("e");
    await page.getByRole("article").getByRole("button", { name: "Undo" }).waitFor();
    await rowsOf(page).first().getByText("Expected 1/2").waitFor();
    expect(await feedbackOf(page)).toHaveLength(1);
    await page.keyboard.press("Shift+R");
    await rowsOf(page).first().getByText("Real", { exact: true }).waitFor();
    // One's own other word is taken back first, so that nothing is left of either.
    await page.keyboard.press("Shift+U");
    await rowsOf(page).first().getByText("Real", { exact: true }).waitFor({ state: "detached" });
    await waitFor("no verdict", async () => ((await feedbackOf(page)).length === 0 ? true : undefined));
    await page.keyboard.press("j");
    await page
      .getByRole("article")
      .getByRole("heading", { name: /is negative/ })
      .waitFor();
    await page.keyboard.press("Escape");
    await page.waitForURL((url) => url.pathname === "/");
    expect(complaints).toEqual([]);
  });

  testWith([requirement], "the filters are in the address, and narrow what arrives, too", async () => {
    await seedOutage(Date.now());
    const { page, complaints } = await open("/");
    await rowsOf(page).nth(1).waitFor();
    await page.keyboard.press("f");
    await page.getByRole("spinbutton", { name: "Minimum score" }).fill("0.95");
    await page.getByRole("combobox", { name: "Verdict" }).selectOption("No verdict yet");
    await page.getByRole("combobox", { name: "Time" }).selectOption("Last hour");
    await page.waitForURL((url) =>
      isDeepStrictEqual(Object.fromEntries(url.searchParams), {
        verdict: "unlabelled",
        min: "0.95",
        since: "1h",
      }),
    );
    await rowsOf(page).getByText("inventory", { exact: true }).waitFor();
    await waitFor("only what matches", async () => ((await rowsOf(page).count()) === 1 ? true : undefined));
    await save([{ ...sampleAnomaly(Date.now(), 1), service: "quiet", score: 0.9 }]);
    await save([{ ...sampleAnomaly(Date.now(), 1), service: "loud", score: 0.96 }]);
    await rowsOf(page).getByText("loud").waitFor();
    expect(await rowsOf(page).getByText("quiet").count()).toBe(0);
    await page.reload();
    await rowsOf(page).getByText("loud").waitFor();
    await page.getByRole("button", { name: "Score ≥ 0.95" }).click();
    await rowsOf(page).getByText("quiet").waitFor();
    expect(new URL(page.url()).searchParams.get("min")).toBeNull();
    expect(complaints).toEqual([]);
  });

  testWith(
    [requirement],
    "further down, nothing moves: arrivals wait, and a row that changes keeps its place",
    async () => {
      await seedMany(130);
      const { page, complaints } = await open("/");
      const list = page.getByRole("list", { name: "Incidents, newest first" });
      await list.getByRole("listitem").first().waitFor();
      await page.getByText("Live", { exact: true }).last().waitFor();
      await list.hover();
      let reached = "";
      await waitFor("the list to stand still at its oldest row", async () => {
        await page.mouse.wheel(0, 3000);
        await drawn(page);
        const before = reached;
        reached = String((await list.locator("li").last().boundingBox())?.y);
        const isOldest = (await list.locator("li[aria-posinset='130']").count()) > 0;
        return isOldest && reached === before ? true : undefined;
      });
      const [oldest] = (await product().store.incidents({}, { first: 500 })).slice(-1);
      await save([
        { ...sampleAnomaly((oldest?.startedAtMs ?? 0) + 1_000, 3), id: ulid() },
        { ...sampleAnomaly(Date.now(), 1), service: "newcomer" },
      ]);
      await list.locator("li[aria-posinset='130']").getByText("2 anomalies").waitFor();
      await page.getByRole("button", { name: "Show 1 new incident" }).waitFor();
      expect(String((await list.locator("li").last().boundingBox())?.y)).toBe(reached);
      await page.getByRole("button", { name: "Show 1 new incident" }).click();
      await list.getByText("newcomer").waitFor();
      expect(complaints).toEqual([]);
    },
  );

  testWith([requirement], "what came while the connection was lost is there when it is back", async () => {
    await seedOutage(Date.now());
    const { page } = await open("/");
    await page.getByRole("status").getByText("Live").waitFor();
    await rowsOf(page).first().waitFor();
    await product().stopApi();
    await page.getByRole("status").getByText("Reconnecting").waitFor();
    await save([{ ...sampleAnomaly(Date.now(), 1), service: "missed-one" }, sampleAnomaly(Date.now(), 0)]);
    await product().startApi();
    await page.getByRole("status").getByText("Live").waitFor();
    await rowsOf(page).getByText("missed-one").waitFor();
    await rowsOf(page).getByText("31 anomalies").waitFor();
  });

  testWith([requirement], "accessible and never too wide, in every look", async () => {
    await seedOutage(Date.now());
    for (const [name, options] of looks) {
      const visitor = await open("/?min=0.5&since=7d", options);
      const { page } = visitor;
      await rowsOf(page).first().waitFor();
      await page.getByRole("button", { name: "Filters" }).click();
      await page.getByRole("combobox", { name: "Time" }).selectOption("Between …");
      await page.getByRole("button", { name: /^From/ }).waitFor();
      await rowsOf(page).first().waitFor();
      await expectGoodLook(visitor, `incidents-${name}`);
      await rowsOf(page).first().getByRole("link").click();
      await page.getByRole("region", { name: "Incident" }).waitFor();
      await page.getByRole("article").waitFor();
      await expectGoodLook(visitor, `incident-${name}`);
      await page.keyboard.press("?");
      await page.getByRole("dialog", { name: "Keyboard" }).waitFor();
      await expectGoodLook(visitor, `live-keys-${name}`);
      expect(visitor.complaints, name).toEqual([]);
    }
  });
});
