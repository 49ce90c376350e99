import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { markdownTable } from "../cli/evaluate/report/markdown-table.ts";
import { openStore } from "../store/open-store.ts";
import { SCORE_BUCKETS, type StageBatch, type Store } from "../store/store.ts";
import { postgres, startPostgres } from "../test/postgres/postgres-server.ts";
import { fillStore } from "./api/fill-store.ts";
import { needed } from "./needed.ts";
import { figure, median, quantile } from "./stage/statistics.ts";

/**
 * What the stage and the API wait for, on SQLite and on PostgreSQL, whose server is on the same machine and writes every commit to its
 * disk, as it does by default. In turns, so that both see the same machine. `--quick` only shows that the benchmark still runs.
 */
const { values } = parseArgs({ options: { quick: { type: "boolean", default: false } } });
const TURNS = values.quick ? 3 : 300;
const SERVICES = values.quick ? 2 : 5;
const TEMPLATES = 20;
const DAYS = values.quick ? 1 : 30;
const NAMES = Array.from({ length: SERVICES }, (_, i) => `service-${i}`);
const FIRST = NAMES[0] ?? "";
const nowMs = Date.now();

interface Work {
  readonly name: string;
  run(store: Store, turn: number): Promise<unknown>;
}

const WORK: readonly Work[] = [
  {
    name: `a second of ${SERVICES} services with ${TEMPLATES} templates each (saveBatch)`,
    run: (store, turn) => store.saveBatch(aSecond(turn)),
  },
  {
    name: "what is new, before its sender is answered (addToJournal)",
    run: (store, turn) =>
      store.addToJournal([{ name: "templates", json: JSON.stringify([{ id: turn }]) }], "bench", nowMs),
  },
  {
    name: `scores of one service, ${DAYS} days (scoreTotals)`,
    run: (store) => store.scoreTotals(FIRST, nowMs - DAYS * 86_400_000, nowMs),
  },
  {
    name: `its labels and their scores (labelledScores)`,
    run: (store) => store.labelledScores(FIRST),
  },
  { name: "a page of 50 incidents", run: (store) => store.incidents({}, { first: 50 }) },
  { name: "a page of 50 anomalies", run: (store) => store.anomalies({}, { first: 50 }) },
  { name: "whether anything has changed (changeCounter)", run: (store) => store.changeCounter() },
];

const programs = needed(postgres());
const server = await startPostgres(programs, ["-c", "fsync=on"]);
const directory = mkdtempSync(join(tmpdir(), "logbert-bench-"));
try {
  const sqlite = await filled(await openStore({ path: join(directory, "logbert.db") }));
  const other = await filled(await openStore({ url: server.url }));
  const rows: string[][] = [];
  for (const { name, run } of WORK) {
    const [mine, theirs, ratios] = [[], [], []].map((): number[] => []);
    for (let turn = 0; turn < TURNS; turn += 1) {
      const [sqliteMs, postgresMs] = [
        await timed(() => run(sqlite, turn)),
        await timed(() => run(other, turn)),
      ];
      mine?.push(sqliteMs);
      theirs?.push(postgresMs);
      ratios?.push(postgresMs / sqliteMs);
    }
    rows.push([name, ...cells(mine), ...cells(theirs), figure(median(ratios ?? []))]);
  }
  await Promise.all([sqlite.close(), other.close()]);
  console.log(`ms; ${TURNS} turns, one call at a time\n`);
  console.log(
    markdownTable(["", "SQLite p50", "p99", "PostgreSQL p50", "p99", "ratio (median of turns)"], rows),
  );
} finally {
  await server.remove();
  rmSync(directory, { recursive: true });
}

async function filled(store: Store): Promise<Store> {
  await fillStore(store, {
    services: NAMES,
    days: DAYS,
    records: 1_000_000,
    anomalies: values.quick ? 20 : 2_000,
    labels: values.quick ? 5 : 300,
    endMs: nowMs,
  });
  return store;
}

/** What a stage writes each second: counts of all, and no anomaly. */
function aSecond(turn: number): StageBatch {
  const minuteMs = Math.floor((nowMs + turn * 1_000) / 60_000) * 60_000;
  const counts = Array.from({ length: SCORE_BUCKETS }, (_, bucket) => (bucket < 20 ? 5 : 0));
  return {
    anomalies: [],
    samples: [],
    histograms: NAMES.map((service) => ({ service, minuteMs, counts, anomalies: 0, maxScore: 0.5 })),
    services: NAMES.map((name) => ({
      name,
      records: 100,
      anomalies: 0,
      learningState: "ready",
      lastSeenMs: nowMs + turn * 1_000,
    })),
    templates: NAMES.flatMap((service) =>
      Array.from({ length: TEMPLATES }, (_, i) => ({
        id: `t${i}`,
        service,
        text: `request <*> of ${i} answered in <NUM> ms`,
        count: 5,
        firstSeenMs: nowMs,
        lastSeenMs: nowMs + turn * 1_000,
      })),
    ),
    thresholds: NAMES.map((service) => ({ service, value: 0.95 + turn / 1e6 })),
    status: undefined,
  };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}

function cells(latencies: readonly number[] = []): readonly string[] {
  const sorted = latencies.toSorted((a, b) => a - b);
  return [figure(quantile(sorted, 0.5)), figure(quantile(sorted, 0.99))];
}
