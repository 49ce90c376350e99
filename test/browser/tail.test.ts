import { isDeepStrictEqual } from "node:util";
import type { Page } from "playwright-core";
import { describe, expect } from "vitest";
import type { LiveRecord } from "../../store/live-record.ts";
import { testWith } from "../helpers/requirement.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { browserHooks } from "./browser-hooks.ts";
import { chromium, drawn, picture } from "./chromium.ts";
import { expectGoodLook, looks } from "./looks.ts";
import { sampleAnomaly, sampleBatch } from "./sample-batch.ts";

const requirement = chromium();

const record = (body: string, fields: Partial<LiveRecord> = {}): LiveRecord => ({
  timeMs: Date.now(),
  service: "checkout",
  severityNumber: 9,
  body,
  template: "<*>",
  score: 0.2,
  threshold: 0.85,
  isAnomaly: false,
  anomalyId: undefined,
  ...fields,
});

const numbered = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => record(`line ${from + index}`));

const linesOf = (page: Page) =>
  page.getByRole("list", { name: "Records, newest last" }).getByRole("listitem");

describe("the live tail", () => {
  const { product, open } = browserHooks(requirement);

  /** Shows records as soon as somebody watches. */
  const show = (records: readonly LiveRecord[]) =>
    waitFor("somebody who watches", () => (product().show(records) ? true : undefined));

  const openTail = async (query = "") => {
    await product().store.saveBatch(sampleBatch(Date.now(), 0));
    const visitor = await open(`/tail${query}`);
    await visitor.page.getByRole("status").getByText("Following").waitFor();
    return visitor;
  };

  testWith(
    [requirement],
    "says that it waits, then follows: the newest line is the last in sight",
    async () => {
      const { page, complaints } = await openTail();
      await page.getByRole("heading", { name: "Waiting for records" }).waitFor();
      await show(numbered(0, 300));
      const last = linesOf(page).filter({ hasText: /line 299$/ });
      await last.waitFor();
      await waitFor("the end to be in sight", async () => {
        const box = await last.boundingBox();
        return box !== null && box.y + box.height < 801 ? true : undefined;
      });
      await show([record("and one more")]);
      await linesOf(page).last().getByText("and one more").waitFor();
      expect(complaints).toEqual([]);
    },
  );

  testWith([requirement], "scrolled away it stands still, and goes on at its end", async () => {
    const { page, complaints } = await openTail();
    await show(numbered(0, 400));
    await linesOf(page).getByText("line 399").waitFor();
    await page.getByRole("list", { name: "Records, newest last" }).hover();
    await page.mouse.wheel(0, -1500);
    await page.getByRole("status").getByText("Paused").waitFor();
    let top = "";
    await waitFor("the list to stand still", async () => {
      await drawn(page);
      const before = top;
      top = String((await linesOf(page).first().boundingBox())?.y);
      return top === before ? true : undefined;
    });
    const read = await linesOf(page).allInnerTexts();
    await show(numbered(400, 120));
    const jump = page.getByRole("button", { name: "120 new records, jump to latest" });
    await jump.waitFor();
    expect(await linesOf(page).allInnerTexts()).toEqual(read);
    await picture(page, "tail-paused");
    await jump.click();
    await linesOf(page).getByText("line 519").waitFor();
    await page.getByRole("status").getByText("Following").waitFor();

    await page.mouse.wheel(0, -300);
    await page.getByRole("status").getByText("Paused").waitFor();
    await page.mouse.wheel(0, 3000);
    await page.getByRole("status").getByText("Following").waitFor();
    expect(complaints).toEqual([]);
  });

  testWith([requirement], "is stopped, read and let go on with the keyboard alone", async () => {
    const { page, complaints } = await openTail();
    await show([...numbered(0, 3), record("the whole\nof it", { severityNumber: 17 })]);
    await linesOf(page).nth(3).waitFor();
    await page.keyboard.press("Space");
    await page.getByRole("status").getByText("Paused").waitFor();
    await show(numbered(3, 1));
    await page.getByRole("button", { name: "1 new record, jump to latest" }).waitFor();
    await page.keyboard.press("k");
    const detail = page.getByRole("region", { name: "Selected record" });
    await detail.getByText("the whole\nof it").waitFor();
    await page.keyboard.press("k");
    await detail.getByText("line 2").waitFor();
    await page.keyboard.press("Escape");
    await detail.waitFor({ state: "detached" });
    await page.keyboard.press("Space");
    await linesOf(page).last().getByText("line 3").waitFor();
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keyboard" }).getByText("Jump to the latest").waitFor();
    expect(complaints).toEqual([]);
  });

  testWith([requirement], "an anomaly is marked, and leads to its explanation", async () => {
    const { page, complaints } = await openTail("?only=anomalies");
    const anomaly = sampleAnomaly(Date.now(), 0);
    await product().store.saveBatch({ ...sampleBatch(Date.now(), 0), anomalies: [anomaly] });
    await show([
      record("as ever"),
      record("pool exhausted", { isAnomaly: true, score: 0.93, anomalyId: anomaly.id }),
    ]);
    await linesOf(page).getByText("Anomaly", { exact: true }).waitFor();
    expect(await linesOf(page).count()).toBe(1);
    await linesOf(page).getByRole("button").click();
    await page.getByRole("link", { name: "Why it is an anomaly" }).click();
    await page.getByRole("article").waitFor();
    expect(new URL(page.url()).pathname).toBe(`/anomalies/${anomaly.id}`);
    expect(complaints).toEqual([]);
  });

  testWith([requirement], "is narrowed by service, text and score, in the address", async () => {
    const { page, complaints } = await openTail();
    await show([
      record("apple", { score: 0.7 }),
      record("bread", { service: "payments", score: 0.75 }),
      record("apple pie", { service: "payments", score: 0.1 }),
      record("apple juice", { service: "payments", score: 0.7 }),
    ]);
    await linesOf(page).nth(3).waitFor();
    await page.getByRole("searchbox").fill("APPLE");
    await page.getByRole("spinbutton", { name: "Minimum score" }).fill("0.5");
    await page.getByRole("combobox", { name: "Service" }).selectOption("payments");
    await page.waitForURL((url) =>
      isDeepStrictEqual(Object.fromEntries(url.searchParams), {
        service: "payments",
        q: "APPLE",
        min: "0.5",
      }),
    );
    await waitFor("one line", async () => ((await linesOf(page).count()) === 1 ? true : undefined));
    expect(await linesOf(page).first().innerText()).toContain("apple juice");
    await page.getByRole("searchbox").fill("cider");
    await page.getByRole("button", { name: "Clear the filter" }).click();
    await linesOf(page).nth(3).waitFor();
    expect(complaints).toEqual([]);
  });

  testWith([requirement], "a lost connection leaves a gap to be seen, and it goes on", async () => {
    const { page } = await openTail();
    await show([record("before")]);
    await linesOf(page).getByText("before").waitFor();
    await product().stopApi();
    await linesOf(page).getByText("Connection lost at").waitFor();
    await product().startApi();
    await linesOf(page).getByText("what came then is not here").waitFor();
    await show([record("after")]);
    await linesOf(page).last().getByText("after").waitFor();
    expect(await linesOf(page).count()).toBe(3);
  });

  testWith([requirement], "keeps a bounded number of lines, and says that it shows a sample", async () => {
    const { page, complaints } = await openTail();
    // No more at a time than may wait for a page.
    for (let from = 0; from < 2_800; from += 400) {
      await show(numbered(from, 400));
      await linesOf(page)
        .getByText(`line ${from + 399}`)
        .waitFor();
    }
    expect(await linesOf(page).last().getAttribute("aria-setsize")).toBe("2000");
    // The stage counts far more than the page is shown, from one of the page's looks at its status to the next.
    let times = 1;
    await waitFor("the page to say so", async () => {
      times += 1;
      const batch = sampleBatch(Date.now(), 0);
      const services = batch.services.map((one) => ({ ...one, records: one.records * times }));
      await product().store.saveBatch({ ...batch, services });
      return (await page.getByText(/A sample: about \d|A sample: about </).count()) > 0 ? true : undefined;
    });
    expect(complaints).toEqual([]);
  });

  testWith([requirement], "accessible and never too wide, in every look", async () => {
    await product().store.saveBatch(sampleBatch(Date.now(), 0));
    for (const [name, options] of looks) {
      const visitor = await open("/tail", options);
      const { page } = visitor;
      await page.getByRole("heading", { name: "Waiting for records" }).waitFor();
      await show([
        record("not scored", { score: undefined, threshold: undefined }),
        record("usual"),
        record("uncommon", { score: 0.5 }),
        record("rare, and very long ".repeat(30), { score: 0.75, severityNumber: 13 }),
        record("odd", { score: 0.95, isAnomaly: true, severityNumber: 17 }),
      ]);
      await linesOf(page).nth(4).waitFor();
      await expectGoodLook(visitor, `tail-${name}`);
      await linesOf(page).nth(3).getByRole("button").click();
      await page.getByRole("region", { name: "Selected record" }).waitFor();
      await show([record("meanwhile")]);
      await page.getByRole("button", { name: /jump to latest/ }).waitFor();
      await expectGoodLook(visitor, `tail-record-${name}`);
      expect(visitor.complaints, name).toEqual([]);
      await page.close();
    }
  });
});
