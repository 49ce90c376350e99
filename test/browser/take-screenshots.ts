import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { z } from "zod";
import { type LogbertProcess, startLogbert } from "../helpers/logbert-process.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { chromium, DESKTOP, launch } from "./chromium.ts";

/**
 * `npm run screenshots`: the pictures of the README, of the real product with the generator's stream (always the same
 * one) playing into it, light and dark. Takes about three minutes; the UI must have been built.
 */
const repository = join(import.meta.dirname, "../..");
const directory = process.argv[2] ?? join(repository, "docs/images");
const STREAM = { rate: "50", history: "20m", incidents: "every=30s,for=10s", seed: "42" };
const FLAGGED_WITHIN_MS = 300_000;
/** The charts have drawn themselves by then. */
const SETTLED_MS = 1_500;

const LINKS = [
  { name: "Logs in Grafana", url: "https://grafana.example/explore?service={service}" },
  { name: "Trace in Tempo", url: "https://tempo.example/trace/{traceId}" },
];

const candidates = z.object({
  anomalies: z.object({
    nodes: z.array(
      z.object({
        id: z.string(),
        nearestNormal: z.object({ distance: z.int() }).nullable(),
        explanation: z.object({
          tokens: z.array(z.unknown()),
          expected: z.array(z.unknown()),
        }),
      }),
    ),
  }),
});

/** A page that is shown, and what to do on it first. */
interface Shot {
  readonly name: string;
  readonly path: string;
  readonly prepare: (page: Page) => Promise<void>;
}

const { path, remedy } = chromium();
if (path === undefined) throw new Error(`Chromium is missing; provide it by: ${remedy}`);
mkdirSync(directory, { recursive: true });
const product = await startLogbert({
  settings: { api: { links: LINKS }, remember: { flush_interval_ms: 250 } },
});
const generator = play(product.grpcEndpoint);
try {
  const id = await waitFor("an anomaly with all its parts", () => telling(product), FLAGGED_WITHIN_MS);
  const browser = await launch(path);
  try {
    for (const colorScheme of ["light", "dark"] as const)
      for (const shot of shots(id)) await take(browser, product.apiUrl, shot, colorScheme);
  } finally {
    await browser.close();
  }
} finally {
  generator.kill();
  await product.stop();
}

function shots(anomalyId: string): readonly Shot[] {
  const heading = (name: string) => (page: Page) => page.getByRole("heading", { name }).first().waitFor();
  return [
    { name: "live", path: "/", prepare: (page) => page.getByRole("listitem").first().waitFor() },
    { name: "anomaly", path: `/anomalies/${anomalyId}`, prepare: heading("Sequence") },
    {
      name: "threshold",
      path: "/services",
      prepare: (page) =>
        page
          .getByRole("button", { name: /^Edit the threshold/ })
          .first()
          .click(),
    },
    { name: "label", path: "/label", prepare: (page) => page.getByRole("heading").first().waitFor() },
  ];
}

async function take(browser: Browser, url: string, shot: Shot, colorScheme: "light" | "dark"): Promise<void> {
  const context = await browser.newContext({
    viewport: DESKTOP,
    deviceScaleFactor: 2,
    colorScheme,
    reducedMotion: "reduce",
    locale: "en-US",
    timezoneId: "UTC",
  });
  const page = await context.newPage();
  await page.goto(url + shot.path);
  await shot.prepare(page);
  await page.waitForTimeout(SETTLED_MS);
  await page.screenshot({ path: join(directory, `${shot.name}-${colorScheme}.png`) });
  await context.close();
}

/** An anomaly that shows what the page can: words that mattered, what was expected, a normal sequence beside it. */
async function telling({ graphql }: LogbertProcess): Promise<string | undefined> {
  const data = await graphql(
    "{ anomalies(first: 20) { nodes { id nearestNormal { distance } explanation { tokens { token } expected { template } } } } }",
  );
  return candidates
    .parse(data)
    .anomalies.nodes.find(
      ({ nearestNormal, explanation }) =>
        (nearestNormal?.distance ?? 0) > 0 &&
        explanation.tokens.length > 0 &&
        explanation.expected.length > 0,
    )?.id;
}

function play(endpoint: string) {
  const options = Object.entries({ ...STREAM, endpoint }).flatMap(([name, value]) => [`--${name}`, value]);
  return spawn(process.execPath, [join(repository, "bin/logbert.js"), "generate", ...options], {
    stdio: "ignore",
  });
}
