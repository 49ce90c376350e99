import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import axe from "axe-core";
import { type Browser, type BrowserContext, chromium as driver, type Page } from "playwright-core";
import { z } from "zod";
import type { Requirement } from "../helpers/requirement.ts";

/** A desktop and a phone, as width and height in CSS pixels. */
export const DESKTOP = { width: 1280, height: 800 } as const;
export const PHONE = { width: 390, height: 844 } as const;

/**
 * What costs time and no test looks at. The popups of the address bar are pages of their own, loaded with every window; a
 * renderer is kept ready for a navigation that does not come. The others are those that Playwright switches off: of two such
 * flags the last one counts alone.
 */
const unused = [
  "WebUIOmniboxPopup",
  "WebUIOmniboxAimPopup",
  "SpareRendererForSitePerProcess",
  "AimEnabled",
  "AvoidCorsURLLoaderRestartOnRedirect",
  "AvoidUnnecessaryBeforeUnloadCheckSync",
  "DestroyProfileOnBrowserClose",
  "HttpsFirstBalancedModeAutoEnable",
  "HttpsUpgrades",
  "LensOverlay",
  "MediaRouter",
  "NetworkTimeServiceQuerying",
  "OptimizationHints",
  "PaintHolding",
  "PreconnectToSearch",
  "ThirdPartyStoragePartitioning",
];

const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  `--disable-features=${unused.join(",")}`,
];

/** A real Chromium, from CHROMIUM_BIN or where Debian puts it. */
export function chromium(): Requirement {
  const path = process.env["CHROMIUM_BIN"] ?? "/usr/bin/chromium";
  return { name: "Chromium", path: existsSync(path) ? path : undefined, remedy: "apt-get install chromium" };
}

/** How long the page is waited for: nearly as long as a test may take, so that one that waits in vain says for what. */
const PATIENCE_MS = 110_000;

/** Starts the browser without a window. */
export function launch(executablePath: string): Promise<Browser> {
  return driver.launch({ executablePath, args: flags });
}

/** One visitor with a window of their own, and everything that went wrong in it. */
export interface Visitor {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors and warnings of the console, exceptions, blocked and failed loads, since the start. */
  readonly complaints: readonly string[];
}

/** How a visitor looks at the page. */
export interface VisitorOptions {
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly colorScheme?: "dark" | "light";
  /** Whether the page's time can be stopped, and passes then as the test lets it (`page.clock`). */
  readonly isTimeOurs?: boolean;
}

/** Opens a window. */
export async function visit(browser: Browser, url: string, options: VisitorOptions = {}): Promise<Visitor> {
  const context = await browser.newContext({
    viewport: options.viewport ?? DESKTOP,
    colorScheme: options.colorScheme ?? "dark",
    reducedMotion: "reduce",
  });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("response", (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()} ${response.url()}`);
  });
  if (options.isTimeOurs === true) await page.clock.install();
  await page.goto(url);
  return { page, context, complaints };
}

const violations = z.object({
  violations: z.array(
    z.object({
      id: z.string(),
      impact: z.string().nullish(),
      nodes: z.array(z.object({ target: z.array(z.unknown()), failureSummary: z.string().optional() })),
    }),
  ),
});

/** Every rule is tried; of what has no violation nothing is told, which is most of the work otherwise. */
const AXE_RUN = 'axe.run({ resultTypes: ["violations"] })';

/** What axe-core finds wrong on the page as it is now, one line each: rule, weight, where. */
export async function accessibilityProblems(page: Page): Promise<readonly string[]> {
  // Here and not when the page is loaded: most pages are never asked.
  if ((await page.evaluate("'axe' in globalThis")) !== true) await page.evaluate(axe.source);
  const result = violations.parse(await page.evaluate(AXE_RUN));
  return result.violations.map(
    ({ id, impact, nodes }) => `${id} (${impact}): ${nodes.map((node) => node.target.join(" ")).join("; ")}`,
  );
}

/** Waits until the page has drawn what it was asked for. */
export async function drawn(page: Page): Promise<void> {
  await page.evaluate(
    "new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))",
  );
}

/** Keeps a picture of the page where SCREENSHOT_DIR says, if it says. */
export async function picture(page: Page, name: string): Promise<void> {
  const directory = process.env["SCREENSHOT_DIR"];
  if (directory === undefined) return;
  mkdirSync(directory, { recursive: true });
  await page.screenshot({ path: join(directory, `${name}.png`) });
}
