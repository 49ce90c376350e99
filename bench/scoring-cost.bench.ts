import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { readBglNodes } from "../cli/evaluate/data/bgl-nodes.ts";
import { readHdfs } from "../cli/evaluate/data/hdfs.ts";
import type { EvaluationSet, Unit } from "../cli/evaluate/evaluation-set.ts";
import { unitWindows } from "../cli/evaluate/logbert/unit-windows.ts";
import { calibrateConfig } from "../processor/calibrate/config.ts";
import type { Finding } from "../processor/calibrate/verdict.ts";
import { detectConfig } from "../processor/detect/config.ts";
import type { Evidence } from "../processor/detect/detector.ts";
import { attributesConfig } from "../processor/enrich/config.ts";
import { readModelDirectory } from "../processor/inference/model-directory.ts";
import { type RunningScorer, startScorer } from "../processor/inference/worker-client.ts";
import { redactConfig } from "../processor/redact/config.ts";
import { createRooms, type Rooms } from "../processor/rooms.ts";
import { templateConfig } from "../processor/template/config.ts";
import { windowConfig } from "../processor/window/config.ts";
import type { SequenceWindow } from "../processor/window/sequence-window.ts";

/**
 * What a record costs from window to verdict, learning included, amortised over a real stream: the test part of a data set in
 * its own order, with its repetitions, after the training part has gone by, in requests, with the stage's defaults and the
 * shipped model on one thread. Processor time of all threads, which other work on the machine changes little; one part runs
 * after the other, so that each has its own. Reading, mining and windowing are not in it. `--quick` only shows that the
 * benchmark still runs.
 */
const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    data: { type: "string", default: process.env["LOGBERT_TEST_DATA"] ?? "../shared/data" },
    model: { type: "string", default: join(import.meta.dirname, "../models/logbert-s") },
    set: { type: "string" },
    records: { type: "string", default: "500000" },
  },
});
const RECORDS_MAX = values.quick ? 2_000 : Number(values.records);
const REQUEST_RECORDS = 500;
/** What the others are compared with: a table of counts. */
const PEER = "ngram";

interface Stream {
  readonly read: (directory: string) => Promise<EvaluationSet>;
  /** Microseconds a record. */
  readonly goal: number;
}

const STREAMS: Readonly<Record<string, Stream>> = {
  hdfs: { read: readHdfs, goal: 10 },
  "bgl-nodes": { read: readBglNodes, goal: 25 },
};

/** What a stream took. */
interface Costs {
  /** Processor time by part in microseconds, in the order of work. */
  readonly parts: Map<string, number>;
  /** Microseconds by the clock for one record of each request. */
  readonly requests: number[];
  records: number;
  wallUs: number;
}

const { signal } = new AbortController();

for (const [name, stream] of Object.entries(STREAMS))
  if (values.set === undefined || values.set === name) await measure(name, stream);

async function measure(name: string, { read, goal }: Stream): Promise<void> {
  const set = await read(values.data);
  const scorer = await startScorer(readModelDirectory(values.model), {
    threads: 1,
    maxWaitingRows: Number.POSITIVE_INFINITY,
    onDeath: (reason) => {
      throw new Error(reason);
    },
  });
  const counted = countRows(scorer);
  const rooms = furnish(counted.scorer);
  await goThrough(rooms, set, values.quick ? set.train.slice(0, 50) : set.train, Number.POSITIVE_INFINITY);
  counted.forget();
  const costs = await goThrough(rooms, set, set.test, RECORDS_MAX);
  await scorer.close();
  print(name, goal, costs, counted.rows());
}

function countRows(scorer: RunningScorer) {
  let rows = 0;
  return {
    rows: () => rows,
    forget: () => {
      rows = 0;
    },
    scorer: {
      ...scorer,
      score: (...[batch, aborted]: Parameters<RunningScorer["score"]>) => {
        rows += batch.rows.length;
        return scorer.score(batch, aborted);
      },
    },
  };
}

function furnish(scorer: RunningScorer): Rooms {
  return createRooms(
    {
      template: templateConfig.parse({}),
      window: windowConfig.parse({}),
      detect: detectConfig.parse({}),
      calibrate: calibrateConfig.parse({}),
      redact: redactConfig.parse({}),
      attributes: attributesConfig.parse({}),
    },
    { scorer, encoder: scorer.encoder, now: () => 0 },
  );
}

async function goThrough(
  rooms: Rooms,
  { templates, isSession }: EvaluationSet,
  units: readonly Unit[],
  recordsMax: number,
): Promise<Costs> {
  const costs: Costs = { parts: new Map(), requests: [], records: 0, wallUs: 0 };
  for (const request of requestsOf(units)) {
    if (costs.records >= recordsMax) break;
    const windows = request.flatMap((unit) => unitWindows(unit, templates, isSession));
    const records = request.reduce((sum, { events }) => sum + events.length, 0);
    const startedAt = performance.now();
    await judgeAndLearn(rooms, windows, costs.parts);
    const wallUs = (performance.now() - startedAt) * 1000;
    costs.wallUs += wallUs;
    costs.records += records;
    costs.requests.push(wallUs / records);
  }
  return costs;
}

/** Whole units, about as many records as a request has. */
function* requestsOf(units: readonly Unit[]): Generator<readonly Unit[]> {
  let request: Unit[] = [];
  let records = 0;
  for (const unit of units) {
    request.push(unit);
    records += unit.events.length;
    if (records < REQUEST_RECORDS) continue;
    yield request;
    request = [];
    records = 0;
  }
  if (request.length > 0) yield request;
}

async function judgeAndLearn(
  { detectors, judge }: Rooms,
  windows: readonly SequenceWindow[],
  parts: Costs["parts"],
): Promise<void> {
  const timed = async <T>(part: string, work: () => T | Promise<T>): Promise<T> => {
    const before = process.cpuUsage();
    const result = await work();
    const { user, system } = process.cpuUsage(before);
    parts.set(part, (parts.get(part) ?? 0) + user + system);
    return result;
  };
  const evidence: Evidence[][] = [];
  for (const detector of detectors)
    evidence.push([...(await timed(detector.name, () => detector.score(windows, signal)))]);
  const findings = await timed("judge", (): readonly Finding[] => judge.judge(windows, evidence.flat()));
  for (const detector of detectors) await timed(detector.name, () => detector.learn(windows));
  await timed("judge, learning", () => judge.learn(findings));
}

function print(name: string, goal: number, { parts, requests, records, wallUs }: Costs, rows: number): void {
  const totalUs = [...parts.values()].reduce((sum, part) => sum + part, 0);
  const peerUs = parts.get(PEER) ?? Number.NaN;
  const sorted = requests.toSorted((a, b) => a - b);
  const at = (share: number) => (sorted[Math.floor((sorted.length - 1) * share)] ?? 0).toFixed(2);
  const line = (part: string, us: number) =>
    console.log(
      `| ${part} | ${(us / records).toFixed(3)} | ${((100 * us) / totalUs).toFixed(1)} % | ${(us / peerUs).toFixed(1)} |`,
    );
  console.log(
    `\n${name}: ${records} records, about ${REQUEST_RECORDS} a request; goal ${goal} µs a record\n`,
  );
  console.log(`| part | µs a record | share | times ${PEER} |\n|---|---|---|---|`);
  for (const [part, us] of parts) line(part, us);
  line("**all**", totalUs);
  console.log(
    `\nBy the clock ${(wallUs / records).toFixed(2)} µs a record, of a request's records p50 ${at(0.5)}, p99 ${at(0.99)}; ` +
      `the model ran for ${((100 * rows) / records).toFixed(2)} of 100 records; ` +
      `resident memory at its largest ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB`,
  );
}
