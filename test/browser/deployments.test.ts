import { describe, expect } from "vitest";
import { testWith } from "../helpers/requirement.ts";
import { aDeployment, aNewTemplate } from "../store-contract/a-deployment.ts";
import { browserHooks } from "./browser-hooks.ts";
import { chromium } from "./chromium.ts";
import { expectGoodLook, looks } from "./looks.ts";
import { sampleAnomaly, sampleBatch } from "./sample-batch.ts";

const requirement = chromium();

describe("a release", () => {
  const { product, open } = browserHooks(requirement);
  const seed = async () => {
    const nowMs = Date.now();
    const example = sampleAnomaly(nowMs - 60_000, 0);
    await product().store.saveBatch({
      ...sampleBatch(nowMs, 12),
      samples: [{ slot: "example 1", record: example }],
      deployments: [
        aDeployment({
          service: "checkout",
          startedAtMs: nowMs - 120_000,
          untilMs: nowMs + 1_800_000,
          newTemplates: [
            aNewTemplate({ text: example.template, severityNumber: 13, count: 3, exampleId: example.id }),
            aNewTemplate({ templateId: "t2", text: "Gift card <*> prepared", count: 1_200 }),
          ],
        }),
        aDeployment({ service: "inventory", version: "2.0.0", startedAtMs: nowMs }),
      ],
    });
    return example;
  };

  testWith([requirement], "is one card, which opens to what it brought, each to be judged", async () => {
    const example = await seed();
    for (const [name, options] of looks) {
      const visitor = await open("/", options);
      const { page, complaints } = visitor;
      const cards = page.getByRole("region", { name: "Deployments" });
      await cards.getByText("New in v1.4.2 (checkout): 2 new messages").click();
      const messages = page.getByRole("list", { name: "New messages" }).getByRole("listitem");
      await messages.first().waitFor();
      expect(await messages.allInnerTexts()).toEqual([
        expect.stringMatching(/^3×\s+WARN\s/),
        expect.stringMatching(/^1,200×\s+INFO\s+Gift card <\*> prepared$/),
      ]);
      expect(await cards.getByText("inventory").count()).toBe(0);
      await expectGoodLook(visitor, `deployments-${name}`);
      await messages.first().getByRole("link").click();
      await page.waitForURL((url) => url.pathname === `/anomalies/${example.id}`);
      expect(complaints).toEqual([]);
    }
  });

  testWith([requirement], "says so where what it brought cannot be read", async () => {
    await seed();
    const { page } = await open("/");
    await page.route("**/graphql", async (route) => {
      const isAsked = route.request().postData()?.includes('"withMessages":true') === true;
      if (!isAsked) return route.fallback();
      return route.fulfill({ json: { errors: [{ message: "the database is locked" }] } });
    });
    const cards = page.getByRole("region", { name: "Deployments" });
    await cards.getByText("New in v1.4.2 (checkout): 2 new messages").click();
    await cards.getByRole("alert").waitFor();
    expect(await cards.getByRole("status").count()).toBe(0);
  });

  testWith([requirement], "of another service is not among what is narrowed to one", async () => {
    await seed();
    const { page, complaints } = await open("/?service=payments");
    await page.getByRole("list", { name: "Incidents, newest first" }).getByRole("listitem").first().waitFor();
    expect(await page.getByRole("region", { name: "Deployments" }).count()).toBe(0);
    expect(complaints).toEqual([]);
  });
});
