import { describe, expect } from "vitest";
import { testWith } from "../helpers/requirement.ts";
import { browserHooks } from "./browser-hooks.ts";
import { chromium, DESKTOP, PHONE, picture } from "./chromium.ts";
import { sampleAnomaly, sampleBatch } from "./sample-batch.ts";

const NAMES = ["checkout-service-production-europe-west-1-canary-deployment-b", "a".repeat(300)];

/** Where the page can be scrolled sideways: the innermost of what is beyond the window. */
const BEYOND = `(() => {
  const root = document.documentElement;
  const areas = [root, ...document.querySelectorAll("main, main *")].filter((one) => {
    const { overflowX } = getComputedStyle(one);
    return (one === root || overflowX === "auto") && one.scrollWidth > one.clientWidth && !one.matches("pre, .app-nav");
  });
  if (areas.length === 0) return "";
  return [...document.querySelectorAll("header, main *")]
    .filter((one) => one.getBoundingClientRect().right > innerWidth + 1 && one.children.length === 0)
    .map((one) => (one.parentElement?.className ?? "") + " > " + one.tagName + "." + one.className)
    .slice(0, 5)
    .join("; ") || areas.map((one) => one.className).join("; ");
})()`;

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
    const tooWide: unknown[] = [];
    for (const [index, viewport] of [
      [0, PHONE],
      [1, PHONE],
      [1, DESKTOP],
    ] as const) {
      const { id, service: name } = anomalies[index] ?? { id: "", service: "" };
      const of = `?${new URLSearchParams({ service: name })}`;
      for (const path of ["/", `/anomalies/${id}`, "/tail", "/label", "/services"]) {
        const { page, context } = await open(path + of, { viewport });
        await page.getByRole("status").getByText("Live", { exact: true }).waitFor();
        await page.getByText(name).first().waitFor({ state: "attached" });
        await page
          .getByRole("status", { name: /^Loading / })
          .first()
          .waitFor({ state: "detached" });
        await picture(page, `long-${name.length}-${viewport.width}-${path.split("/")[1]}`);
        const beyond = await page.evaluate(BEYOND);
        if (beyond !== "") tooWide.push([path, name.length, viewport.width, beyond]);
        await context.close();
      }
    }
    expect(tooWide).toEqual([]);
  });
});
