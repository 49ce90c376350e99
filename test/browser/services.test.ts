import type { Page } from "playwright-core";
import { describe, expect } from "vitest";
import { testWith } from "../helpers/requirement.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { browserHooks } from "./browser-hooks.ts";
import { chromium, PHONE } from "./chromium.ts";
import { expectGoodLook, looks } from "./looks.ts";
import { sampleBatch } from "./sample-batch.ts";

const SERVICES = 500;
const requirement = chromium();

/** The rows' names, in their order. */
const names = (page: Page) => page.getByRole("rowheader").allInnerTexts();

describe("the services page", () => {
  const under = browserHooks(requirement);
  const seed = () => under.product().store.saveBatch(sampleBatch(Date.now(), 0));
  const seedMany = () =>
    under.product().store.saveBatch({
      ...sampleBatch(Date.now(), 0),
      services: Array.from({ length: SERVICES }, (_, index) => ({
        name: `service-${String(index).padStart(3, "0")}`,
        records: 100 + index,
        anomalies: index % 100 === 7 ? index : 0,
        learningState: "ready" as const,
        lastSeenMs: Date.now() - index * 60_000,
      })),
    });

  testWith([requirement], "shows the last day of each service, also in words", async () => {
    await seed();
    const { page, complaints } = await under.open("/services");
    const row = page.getByRole("row").filter({ hasText: "payments" });
    await row.getByRole("img", { name: /^Last 24 h: [\d,]+ records, \d anomalies in \d hours?/ }).waitFor();
    await row
      .getByText("just now")
      .or(row.getByText(/\d+ s ago/))
      .waitFor();
    expect(complaints).toEqual([]);
  });

  testWith(
    [requirement],
    "is ordered as the address says, and rows keep their places while they count",
    async () => {
      await seed();
      const { page, complaints } = await under.open("/services");
      await page.getByRole("rowheader").first().waitFor();
      expect(await names(page)).toEqual(["checkout", "inventory", "payments"]);
      await page.getByRole("button", { name: "Records" }).click();
      await page.waitForURL((url) => url.search === "?sort=records");
      expect(await names(page)).toEqual(["checkout", "payments", "inventory"]);
      expect(await page.getByRole("columnheader", { name: "Records" }).getAttribute("aria-sort")).toBe(
        "descending",
      );
      await under.product().store.saveBatch({
        ...sampleBatch(Date.now(), 0),
        services: [
          { name: "inventory", records: 1e9, anomalies: 0, learningState: "ready", lastSeenMs: Date.now() },
        ],
      });
      await page.getByText("1,000,012,345").waitFor();
      expect(await names(page)).toEqual(["checkout", "payments", "inventory"]);
      await page.reload();
      await waitFor("the new order", async () =>
        (await names(page)).join() === "inventory,checkout,payments" ? true : undefined,
      );
      expect(complaints).toEqual([]);
    },
  );

  testWith(
    [requirement],
    "500 services come in pages, can be found by name, and one is found by its address",
    async () => {
      await seedMany();
      const { page, complaints } = await under.open("/services");
      await page.getByText("Page 1 of 10").waitFor();
      expect(await names(page)).toHaveLength(50);
      await page.getByRole("button", { name: "Next" }).click();
      await page.waitForURL((url) => url.search === "?page=2");
      expect((await names(page))[0]).toBe("service-050");
      await page.getByRole("searchbox").fill("-33");
      await waitFor("what matches", async () => ((await names(page)).length === 10 ? true : undefined));
      await page.getByRole("searchbox").fill("no such service");
      await page.getByRole("heading", { name: "No service has this in its name" }).waitFor();
      await page.goto(`${under.product().url}/services?service=service-321`);
      await page.getByRole("form", { name: "Threshold of service-321" }).waitFor();
      await page.getByText("Page 7 of 10").waitFor();
      await page.goto(`${under.product().url}/services?sort=anomalies`);
      await page.getByRole("rowheader").first().waitFor();
      expect((await names(page)).slice(0, 3)).toEqual(["service-407", "service-307", "service-207"]);
      expect(complaints).toEqual([]);
    },
  );

  testWith([requirement], "says so when the address names a service that there is not", async () => {
    await seed();
    const { page } = await under.open("/services?service=nobody");
    await page.getByRole("alert").getByText("No service named nobody has sent a record.").waitFor();
    expect(await names(page)).toHaveLength(3);
  });

  testWith(
    [requirement],
    "is accessible in both schemes and widths, with one page and with ten",
    async () => {
      await seed();
      for (const [name, look] of looks) {
        const { page, complaints } = await under.open("/services", look);
        await page
          .getByRole("img", { name: /^Last 24 h/ })
          .first()
          .waitFor();
        await expectGoodLook({ page }, `services-${name}`);
        expect(complaints).toEqual([]);
      }
      await seedMany();
      const { page } = await under.open("/services?sort=seen", { viewport: PHONE });
      await page.getByText("Page 1 of 11").waitFor();
      await expectGoodLook({ page }, "services-many-phone");
    },
  );
});
