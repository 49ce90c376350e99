import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Browser, Page } from "playwright-core";
import { z } from "zod";
import { type LogbertProcess, startLogbert } from "../helpers/logbert-process.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { chromium, DESKTOP, launch } from "./chromium.ts";

/**
 * `npm run screenshots`: the pictures of the README, of the real product with the generator's stream (always the same
 * one) playing into it, light and dark. Takes about five minutes; the UI must have been built.
 */
const repository = join(import.meta.dirname, "../..");
const directory = process.argv[2] ?? join(repository, "docs/images");
const STREAM = { rate: "50", history: "20m", incidents: "every=30s,for=10s", seed: "42" };
/** Incidents that must be over: a list with one row shows little. */
const INCIDENTS = 5;
const TOLD_WITHIN_MS = 480_000;
/** Flows that an incident touched may end a little later than it. */
const AFTERMATH_MS = 5_000;
const POLL_MS = 2_000;
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
        time: z.iso.datetime().transform(Date.parse),
        service: z.string(),
        nearestNormal: z.object({ distance: z.int() }).nullable(),
        explanation: z.object({
          tokens: z.array(z.unknown()),
          expected: z.array(z.unknown()),
        }),
      }),
    ),
  }),
});

/** As the generator writes them down. */
const incident = z.object({ service: z.string(), fromMs: z.number(), toMs: z.number() });
type Incident = z.infer<typeof incident>;

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
const labels = join(product.directory, "incidents.jsonl");
const generator = play(product.grpcEndpoint, labels);
try {
  const id = await waitFor(
    "an incident that was flagged, with all that a page can show",
    async () => {
      await sleep(POLL_MS);
      return telling(product, incidentsOver(labels));
    },
    TOLD_WITHIN_MS,
  );
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
    { name: "live", path: "/", prepare: (page) => page.locator('a[href^="/anomalies/"]').first().waitFor() },
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

/** Of the anomalies in an incident that show what the page can (words that mattered, what was expected, a normal sequence
 * beside it) the one that differs least from that sequence. */
async function telling(
  { graphql }: LogbertProcess,
  incidents: readonly Incident[],
): Promise<string | undefined> {
  if (incidents.length < INCIDENTS) return undefined;
  const data = await graphql(
    "{ anomalies(first: 50) { nodes { id time service nearestNormal { distance } explanation { tokens { token } expected { template } } } } }",
  );
  const distanceOf = ({ nearestNormal }: Candidate) => nearestNormal?.distance ?? 0;
  return candidates
    .parse(data)
    .anomalies.nodes.filter((one) => incidents.some((incident) => isPartOf(one, incident)))
    .filter((one) => distanceOf(one) > 0)
    .filter(({ explanation }) => explanation.tokens.length > 0 && explanation.expected.length > 0)
    .toSorted((a, b) => distanceOf(a) - distanceOf(b))[0]?.id;
}

type Candidate = z.infer<typeof candidates>["anomalies"]["nodes"][number];

function isPartOf({ service, time }: Candidate, { fromMs, toMs, ...incident }: Incident): boolean {
  return service === incident.service && time >= fromMs && time < toMs + AFTERMATH_MS;
}

function incidentsOver(file: string): readonly Incident[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").split("\n").slice(0, -1);
  return lines.map((line) => incident.parse(JSON.parse(line))).filter(({ toMs }) => toMs < Date.now());
}

function play(endpoint: string, labels: string) {
  const options = Object.entries({ ...STREAM, endpoint, labels }).flatMap(([name, value]) => [
    `--${name}`,
    value,
  ]);
  return spawn(process.execPath, [join(repository, "bin/logbert.js"), "generate", ...options], {
    stdio: "ignore",
  });
}
