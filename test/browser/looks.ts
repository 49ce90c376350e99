import { expect } from "vitest";
import {
  accessibilityProblems,
  DESKTOP,
  drawn,
  PHONE,
  picture,
  type Visitor,
  type VisitorOptions,
} from "./chromium.ts";

/** Wide and narrow, each opened in another scheme; {@link expectGoodLook} sees each in both. */
export const looks: readonly (readonly [name: string, options: VisitorOptions])[] = [
  ["desktop", { viewport: DESKTOP, colorScheme: "dark" }],
  ["phone", { viewport: PHONE, colorScheme: "light" }],
];

/** Dark and light: keeps a picture of each; expects that axe finds nothing on the page, and that the page is no wider than the window. */
export async function expectGoodLook({ page }: Pick<Visitor, "page">, name: string): Promise<void> {
  const isDark = await page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches");
  const [own, other] = isDark === true ? (["dark", "light"] as const) : (["light", "dark"] as const);
  await expectGoodScheme(page, `${name}-${own}`);
  await switchTo(page, other);
  await expectGoodScheme(page, `${name}-${other}`);
  await switchTo(page, own);
}

/** Colours that pass over into others have arrived. */
const ARRIVED = `Promise.all(
  document.getAnimations().filter((one) => one instanceof CSSTransition).map((one) => one.finished.catch(() => undefined)),
).then(() => undefined)`;

async function switchTo(page: Visitor["page"], colorScheme: "dark" | "light"): Promise<void> {
  await page.emulateMedia({ colorScheme });
  await drawn(page);
  await page.evaluate(ARRIVED);
}

async function expectGoodScheme(page: Visitor["page"], name: string): Promise<void> {
  await picture(page, name);
  expect(await accessibilityProblems(page), name).toEqual([]);
  const beyondPx = await page.evaluate(
    "document.documentElement.scrollWidth - document.documentElement.clientWidth",
  );
  expect(beyondPx, `${name} is wider than the window`).toBeLessThanOrEqual(0);
}
