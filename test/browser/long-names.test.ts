import { describe, expect } from "vitest";
import { testWith } from "../helpers/requirement.ts";
import { browserHooks } from "./browser-hooks.ts";
import { chromium, DESKTOP, PHONE } from "./chromium.ts";
import { expectGoodLook } from "./looks.ts";
import { sampleAnomaly, sampleBatch } from "./sample-batch.ts";

const NAMES = [
  "checkout-service-production-europe-west-1-canary-deployment-b",
  "a".repeat(300),
];

const requirement = chromium();

describe("services with long names", () => {
  const { product, open } = browserHooks(requirement);

  testWith([requirement], "make no page wider than its window", async () => {
    const nowMs = Date.now();
    const batch = sampleBatch(nowMs, 0);
    const [service] = batch.services;
    if (service === undefined) throw new Error("the sample has no service");
    const anomalies = NAMES.map((name, index) => ({
      ...sampleAnomaly(nowMs - index * 1_000, index),
      service: name,
    }));
    await product().store.saveBatch({
      ...batch,
      anomalies,
      services: [...batch.services, ...NAMES.map((name) => ({ ...service, name }))],
    });
    for (const viewport of [PHONE, { width: 600, height: 800 }, DESKTOP]) {
      for (const name of NAMES) {
        const of = `?${new URLSearchParams({ service: name })}`;
        const id = anomalies.find((one) => one.service === name)?.id ?? "";
        for (const path of [`/${of}`, `/anomalies/${id}${of}`, `/tail${of}`, `/label${of}`, `/services${of}`]) {
          const visitor = await open(path, { viewport });
          await visitor.page.getByText(name).first().waitFor({ state: "attached" });
          const where = path.split("?")[0]?.replaceAll("/", "-");
          await expectGoodLook(visitor, `long-${name.length}-${viewport.width}${where}`);
          const beyond = await visitor.page.evaluate(
            `[...document.querySelectorAll("select, main, header")].filter((one) => one.getBoundingClientRect().right > innerWidth + 1).map((one) => one.outerHTML.slice(0, 80))`,
          );
          expect(beyond, `${path.slice(0, 40)} at ${viewport.width}`).toEqual([]);
          await visitor.context.close();
        }
      }
    }
  });
});
