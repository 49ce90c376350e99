import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import type { ApiConfig } from "../../api/config.ts";
import type { Requirement } from "../helpers/requirement.ts";
import { builtUi } from "./built-ui.ts";
import { launch, type Visitor, type VisitorOptions, visit } from "./chromium.ts";
import { type Product, startProduct } from "./start-product.ts";

/** A browser for the tests of a file, and a product of its own for each of them. */
export interface BrowserHooks {
  /** The product of the test that runs. */
  product(): Product;
  /** Opens a window at a path of it; it is closed after the test. */
  open(path: string, options?: VisitorOptions): Promise<Visitor>;
}

/**
 * Registers the hooks of the file or the describe block that it is called in; without the browser they do nothing.
 * @param settings of the API
 */
export function browserHooks({ path }: Requirement, settings: Partial<ApiConfig> = {}): BrowserHooks {
  let browser: Browser | undefined;
  let uiDirectory = "";
  let product: Product | undefined;
  let visitors: Visitor[] = [];

  beforeAll(async () => {
    if (path !== undefined) [browser, uiDirectory] = await Promise.all([launch(path), builtUi()]);
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    visitors = [];
    product = path === undefined ? undefined : await startProduct(uiDirectory, settings);
  });
  afterEach(async () => {
    for (const { context } of visitors) await context.close();
    await product?.close();
  });

  const running = () => {
    if (product === undefined) throw new Error("there is no product outside of a test");
    return product;
  };
  return {
    product: running,
    async open(where, options) {
      if (browser === undefined) throw new Error("there is no browser");
      const visitor = await visit(browser, running().url + where, options);
      visitors.push(visitor);
      return visitor;
    },
  };
}
