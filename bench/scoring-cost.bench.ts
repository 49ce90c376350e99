import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { readBglNodes } from "../cli/evaluate/data/bgl-nodes.ts";
import { readHdfs } from "../cli/evaluate/data/hdfs.ts";
import type { EvaluationSet, Unit } from "../cli/evaluate/evaluation-set.ts";
import { unitWindows } from "../cli/evaluate/logbert/unit-windows.ts";
import { calibrateConfig } from "../processor/calibrate/config.ts";
import { oddEnds } from "../processor/calibrate/odd-ends.ts";
import type { Finding } from "../processor/calibrate/verdict.ts";
import { detectConfig } from "../processor/detect/config.ts";
import type { Opinions } from "../processor/detect/opinions.ts";
import { placesOf } from "../processor/detect/places.ts";
import { attributesConfig } from "../processor/enrich/config.ts";
import { readModelDirectory } from "../processor/inference/model-directory.ts";
import { type RunningScorer, startScorer } from "../processor/inference/worker-client.ts";
import { redactConfig } from "../processor/redact/config.ts";
import { createRooms, type Rooms } from "../processor/rooms.ts";
import { templateConfig } from "../processor/template/config.ts";
import { windowConfig } from "../processor/window/config.ts";
import type { SequenceWindow } from "../processor/window/sequence-window.ts";
import { needed, publicLogs } from "./needed.ts";

/**
 * What a record costs from window to verdict, learning included, amortised over a real stream: the test part of a data set in
 * its own order, with its repetitions, after the training part has gone by, in requests, with the stage's defaults and the
 * shipped model on one thread. The sum is processor time of all threads, which other work on the machine changes little; the
 * parts run one after the other and are timed by the clock. Reading, mining and windowing are not in it. `--quick` only shows that the
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
const data = needed(publicLogs(values.data, "hdfs", "bgl"));
const RECORDS_MAX = values.quick ? 2_000 : Number(values.records);
const REQUEST_RECORDS = 500;
/** Findings of a request that are explained, anomalies or not. */
const EXPLAINED_OF_REQUEST = 20;
/** Requests between two looks at the processor's clock: a look is a system call. */
const STRETCH_REQUESTS = 20;
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
  /** By the clock, by part, in milliseconds, in the order of work. */
  readonly partsMs: Map<string, number>;
  /** By the clock, for one record of each request, in microseconds. */
  readonly requestsUs: number[];
  /** By the clock, for each of some explanations, in microseconds; not in the sums. */
  readonly explanationsUs: number[];
  records: number;
  /** Processor time of all threads. */
  processorUs: number;
}

for (const [name, stream] of Object.entries(STREAMS))
  if (values.set === undefined || values.set === name) await measure(name, stream);

async function measure(name: string, { read, goal }: Stream): Promise<void> {
  const set = await read(data);
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
  const costs: Costs = { partsMs: new Map(), requestsUs: [], explanationsUs: [], records: 0, processorUs: 0 };
  const requests = requestsOf(units);
  for (let from = 0; from < requests.length && costs.records < recordsMax; from += STRETCH_REQUESTS) {
    const stretch = requests.slice(from, from + STRETCH_REQUESTS).map((request) => ({
      records: request.reduce((sum, { events }) => sum + events.length, 0),
      windows: request.flatMap((unit) => unitWindows(unit, templates, isSession)),
    }));
    const before = process.cpuUsage();
    const found: (readonly Finding[])[] = [];
    for (const { records, windows } of stretch) {
      const startedAt = performance.now();
      found.push(await judgeAndLearn(rooms, windows, costs.partsMs));
      costs.requestsUs.push(((performance.now() - startedAt) * 1000) / records);
      costs.records += records;
    }
    const { user, system } = process.cpuUsage(before);
    costs.processorUs += user + system;
    for (const finding of found.flatMap(oddest)) {
      const startedAt = performance.now();
      rooms.explain(finding);
      costs.explanationsUs.push((performance.now() - startedAt) * 1000);
    }
  }
  return costs;
}

/** Whole units, about as many records as a request has. */
function requestsOf(units: readonly Unit[]): readonly (readonly Unit[])[] {
  const requests: Unit[][] = [];
  let room = 0;
  for (const unit of units) {
    if (room <= 0) {
      requests.push([]);
      room = REQUEST_RECORDS;
    }
    requests.at(-1)?.push(unit);
    room -= unit.events.length;
  }
  return requests;
}

async function judgeAndLearn(
  { detectors, judge }: Rooms,
  windows: readonly SequenceWindow[],
  partsMs: Costs["partsMs"],
): Promise<readonly Finding[]> {
  const timed = async <T>(part: string, work: () => T | Promise<T>): Promise<T> => {
    const startedAt = performance.now();
    const result = await work();
    partsMs.set(part, (partsMs.get(part) ?? 0) + performance.now() - startedAt);
    return result;
  };
  // A signal stands for a request.
  const { signal } = new AbortController();
  const places = placesOf(windows);
  const opinions: Opinions[] = [];
  for (const detector of detectors)
    opinions.push(await timed(detector.name, () => detector.score(places, signal)));
  const findings = await timed("judge", (): readonly Finding[] => judge.judge(places, opinions));
  const odd = await timed("judge, learning", () => oddEnds(findings));
  for (const detector of detectors) await timed(detector.name, () => detector.learn(windows, odd));
  await timed("judge, learning", () => judge.learn(findings));
  return findings;
}

/** Of one request those with the highest scores: what would be explained. */
function oddest(findings: readonly Finding[]): readonly Finding[] {
  return findings.toSorted((a, b) => b.verdict.score - a.verdict.score).slice(0, EXPLAINED_OF_REQUEST);
}

function print(
  name: string,
  goal: number,
  { partsMs, requestsUs, explanationsUs, records, processorUs }: Costs,
  rows: number,
): void {
  const sum = [...partsMs.values()].reduce((total, part) => total + part, 0);
  const peer = partsMs.get(PEER) ?? Number.NaN;
  const at = quantilesOf(requestsUs);
  const explained = quantilesOf(explanationsUs);
  const line = (part: string, ms: number) =>
    console.log(
      `| ${part} | ${((ms * 1000) / records).toFixed(3)} | ${((100 * ms) / sum).toFixed(1)} % | ${(ms / peer).toFixed(1)} |`,
    );
  console.log(`\n${name}: ${records} records, about ${REQUEST_RECORDS} a request\n`);
  console.log(`| part | µs a record by the clock | share | times ${PEER} |\n|---|---|---|---|`);
  for (const [part, ms] of partsMs) line(part, ms);
  line("all", sum);
  console.log(
    `\n${(processorUs / records).toFixed(2)} µs of processor time a record (goal ${goal}); ` +
      `by the clock, over the requests, p50 ${at(0.5)}, p99 ${at(0.99)}; ` +
      `the model ran for ${((100 * rows) / records).toFixed(2)} of 100 records; ` +
      `resident memory at its largest ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB`,
  );
  console.log(
    `an explanation, of ${explanationsUs.length}: p50 ${explained(0.5)}, p99 ${explained(0.99)}, longest ${explained(1)} µs by the clock (goal 1000)`,
  );
}

function quantilesOf(values: readonly number[]): (share: number) => string {
  const ascending = values.toSorted((a, b) => a - b);
  return (share) => (ascending[Math.floor((ascending.length - 1) * share)] ?? 0).toFixed(2);
}
