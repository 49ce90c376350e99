import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import type { Requirement } from "../helpers/requirement.ts";
import {
  accessibilityProblems,
  launch,
  PHONE,
  picture,
  type Visitor,
  type VisitorOptions,
  visit,
} from "./chromium.ts";
import { buildUi, type Product, startProduct } from "./start-product.ts";

/** What a browser test works with: a fresh product for each test, and its visitors. */
export interface ProductUnderTest {
  readonly product: Product;
  open(path: string, options?: VisitorOptions): Promise<Visitor>;
}

/** Starts a browser for the file and a product for each test, and closes them afterwards. */
export function productUnderTest(requirement: Requirement): ProductUnderTest {
  let browser: Browser | undefined;
  let uiDirectory: string;
  let product: Product | undefined;
  let visitors: Visitor[] = [];
  beforeAll(async () => {
    if (requirement.path === undefined) return;
    [browser, uiDirectory] = await Promise.all([launch(requirement.path), buildUi()]);
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    if (requirement.path !== undefined) product = await startProduct(uiDirectory);
  });
  afterEach(async () => {
    for (const { context } of visitors) await context.close();
    visitors = [];
    await product?.close();
  });
  const started = () => {
    if (product === undefined) throw new Error("no product: it is started before each test");
    return product;
  };
  return {
    get product() {
      return started();
    },
    async open(path, options = {}) {
      if (browser === undefined) throw new Error("no browser: it is started before all tests");
      const visitor = await visit(browser, started().url + path, options);
      visitors.push(visitor);
      return visitor;
    },
  };
}

/** A phone, in the dark. */
export const PHONE_LOOK: VisitorOptions = { viewport: PHONE };

/** How a page is looked at: both widths, both colour schemes. */
export const LOOKS: readonly VisitorOptions[] = [
  {},
  PHONE_LOOK,
  { colorScheme: "light" },
  { viewport: PHONE, colorScheme: "light" },
];

/** Expects the page as it is now to be accessible and no wider than its window; keeps a picture of it. */
export async function expectFine(page: Page, what: string, look: VisitorOptions): Promise<void> {
  const name = `${what}-${look.viewport === undefined ? "desktop" : "phone"}-${look.colorScheme ?? "dark"}`;
  await picture(page, name);
  expect(await accessibilityProblems(page), name).toEqual([]);
  expect(
    await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"),
    `${name} is wider than the window`,
  ).toBeLessThanOrEqual(0);
}
