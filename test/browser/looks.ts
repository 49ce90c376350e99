import { expect } from "vitest";
import { accessibilityProblems, PHONE, picture, type Visitor, type VisitorOptions } from "./chromium.ts";

/** Dark and light, wide and narrow. */
export const looks: readonly (readonly [name: string, options: VisitorOptions])[] = [
  ["desktop-dark", {}],
  ["phone-dark", { viewport: PHONE }],
  ["desktop-light", { colorScheme: "light" }],
  ["phone-light", { viewport: PHONE, colorScheme: "light" }],
];

/** Keeps a picture; expects that axe finds nothing on the page, and that the page is no wider than the window. */
export async function expectGoodLook({ page }: Pick<Visitor, "page">, name: string): Promise<void> {
  await picture(page, name);
  expect(await accessibilityProblems(page), name).toEqual([]);
  const beyondPx = await page.evaluate(
    "document.documentElement.scrollWidth - document.documentElement.clientWidth",
  );
  expect(beyondPx, `${name} is wider than the window`).toBeLessThanOrEqual(0);
}
