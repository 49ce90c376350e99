import { performance } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { z } from "zod";
import { markdownTable } from "../cli/evaluate/report/markdown-table.ts";
import { buildUi } from "../test/browser/build-ui.ts";
import { chromium, launch, visit } from "../test/browser/chromium.ts";
import { sampleBatch } from "../test/browser/sample-batch.ts";
import { saveLabels, saveMonth } from "../test/browser/sample-scores.ts";
import { startProduct } from "../test/browser/start-product.ts";
import { figure, quantile } from "./stage/statistics.ts";

/**
 * How long the threshold's slider takes to answer while it is dragged, over 30 days of a service with a million records: from the
 * input event until what would have fired stands in the laid out page, in a real Chromium. `--quick` only shows that the benchmark
 * still runs.
 */
const { values } = parseArgs({ options: { quick: { type: "boolean", default: false } } });
const DRAGS = values.quick ? 1 : 10;

/** Drags the slider over half of its way; the time of each step until its answer is laid out, in milliseconds. */
const DRAG = `(async () => {
  const slider = document.querySelector('input[type="range"]');
  const result = document.querySelector(".backtest-result");
  const setValue = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set;
  const delays = [];
  setValue.call(slider, "0.5");
  slider.dispatchEvent(new Event("input", { bubbles: true }));
  await new Promise((resolve) => setTimeout(resolve));
  for (let step = 1; step < 100; step += 1) {
    const said = new Promise((resolve) => {
      const observer = new MutationObserver(() => (observer.disconnect(), resolve()));
      observer.observe(result, { subtree: true, childList: true, characterData: true, attributes: true });
    });
    const startMs = performance.now();
    setValue.call(slider, String(0.5 + step / 200));
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    await said;
    result.getBoundingClientRect();
    delays.push(performance.now() - startMs);
    await new Promise((resolve) => setTimeout(resolve));
  }
  return delays;
})()`;

const { path, remedy } = chromium();
if (path === undefined) {
  console.log(`0 measured: Chromium is missing; provide it by: ${remedy}`);
} else {
  const startedAt = performance.now();
  const delaysMs = (await measure(path)).toSorted((a, b) => a - b);
  console.error(`${delaysMs.length} answers in ${((performance.now() - startedAt) / 1000).toFixed(0)} s`);
  const columns = ["answers", "p50, ms", "p95", "p99", "longest", "goal"];
  const cells = [0.5, 0.95, 0.99, 1].map((share) => figure(quantile(delaysMs, share)));
  console.log(markdownTable(columns, [[String(delaysMs.length), ...cells, "100"]]));
}

async function measure(executable: string): Promise<readonly number[]> {
  const product = await startProduct(await buildUi());
  const browser = await launch(executable);
  try {
    const nowMs = Date.now();
    await product.store.saveBatch(sampleBatch(nowMs, 0));
    await saveMonth(product.store, nowMs);
    await saveLabels(product.store, 40, 200);
    const { page } = await visit(browser, `${product.url}/services?service=checkout&days=30`);
    await page.getByText(/in the last 30 days/).waitFor();
    const delaysMs: number[] = [];
    for (let drag = 0; drag < DRAGS; drag += 1)
      delaysMs.push(...z.array(z.number()).parse(await page.evaluate(DRAG)));
    return delaysMs;
  } finally {
    await browser.close();
    await product.close();
  }
}
