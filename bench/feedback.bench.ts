import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { markdownTable } from "../cli/evaluate/report/markdown-table.ts";
import { calibrateConfig } from "../processor/calibrate/config.ts";
import { createJudge } from "../processor/calibrate/create-judge.ts";
import { readFeedback } from "../processor/calibrate/feedback.ts";
import { followSettings } from "../processor/settings.ts";
import type { Label } from "../store/label.ts";
import { labelPages } from "../store/label-pages.ts";
import { openStore } from "../store/open-store.ts";
import { fillStore } from "./api/fill-store.ts";
import { spread } from "./stage/statistics.ts";

/**
 * What 10,000 labels of one service cost the stage's thread when one of them changes, and when somebody has written something
 * else: how long the taking over takes, and the longest time in it that nothing else could be done. `--quick` only shows that
 * the benchmark still runs.
 */
const { values } = parseArgs({ options: { quick: { type: "boolean", default: false } } });
const LABELS = values.quick ? 50 : 10_000;
const TURNS = values.quick ? 1 : 15;
const SERVICE = "shop";

const directory = mkdtempSync(join(tmpdir(), "logbert-bench-"));
const path = join(directory, "logbert.db");
const [store, people] = [await openStore({ path }), await openStore({ path })];
await fillStore(people, {
  services: [SERVICE],
  days: 1,
  records: LABELS,
  anomalies: LABELS,
  labels: LABELS,
  endMs: Date.now(),
});
const judge = createJudge(calibrateConfig.parse({}), { modelVersion: () => "bench", now: () => 0 });
const settings = await followSettings(store, judge, console);
const anomalies = await people.anomalies({}, { first: TURNS });

const changed: Followed[] = [];
const unchanged: Followed[] = [];
const serviceMs: number[] = [];
for (const { id } of anomalies) {
  await people.addFeedback({
    id: `Z${id.slice(1)}`,
    anomalyId: id,
    isTrueAnomaly: false,
    note: undefined,
    author: undefined,
    createdAtMs: 0,
  });
  changed.push(await follow());
  await people.setThreshold(
    { service: SERVICE, mode: "auto", value: undefined, alertsPerDay: undefined, author: undefined },
    0,
  );
  unchanged.push(await follow());
  serviceMs.push(await firstVerdictMs());
}
await Promise.all([store.close(), people.close()]);
rmSync(directory, { recursive: true });

const columns = ["after", "until it is taken over, ms", "longest time that the thread was held, ms"];
const row = (after: string, all: readonly Followed[]) => [
  after,
  spread(all.map(({ ms }) => ms)),
  spread(all.map(({ heldMs }) => heldMs)),
];
console.log(`${LABELS} labels of one service; median of ${changed.length} (least-most)\n`);
console.log(
  markdownTable(columns, [
    row("a label", changed),
    row("anything else", unchanged),
    ["the service's next record", "", spread(serviceMs)],
  ]),
);

interface Followed {
  readonly ms: number;
  readonly heldMs: number;
}

/** Takes over what has changed, while the event loop's longest turn is looked for. */
async function follow(): Promise<Followed> {
  let heldMs = 0;
  let isOver = false;
  let lastMs = performance.now();
  const turn = () => {
    heldMs = Math.max(heldMs, performance.now() - lastMs);
    lastMs = performance.now();
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);
  const startMs = performance.now();
  await settings.follow();
  const ms = performance.now() - startMs;
  isOver = true;
  await new Promise((resolve) => setImmediate(resolve));
  return { ms, heldMs };
}

/** What is expected in a service is worked out when its next record is judged. */
async function firstVerdictMs(): Promise<number> {
  const labels: Label[] = [];
  for await (const page of labelPages(store)) labels.push(...page.labels);
  const feedback = readFeedback(labels);
  const startMs = performance.now();
  feedback.of(SERVICE);
  return performance.now() - startMs;
}
