import { parseArgs } from "node:util";
import { ulid } from "ulid";
import { type Config, configSchema } from "../cli/config.ts";
import { markdownTable } from "../cli/evaluate/report/markdown-table.ts";
import { type OpenModel, openScorer } from "../cli/open-scorer.ts";
import { createStages } from "../processor/create-stages.ts";
import { createEnrich } from "../processor/enrich/enrich.ts";
import { createLane } from "../processor/flow/lane.ts";
import { isOutcome, processRequest, type Stages } from "../processor/pipeline.ts";
import { createRetryMemory } from "../processor/receive/retries.ts";
import { createRooms, type Rooms } from "../processor/rooms.ts";
import { createMark } from "../processor/thin/marks.ts";
import { createThinning } from "../processor/thin/thinning.ts";
import type { Thinner } from "../processor/thinning-turn.ts";
import { needed, publicLogs } from "./needed.ts";
import { conditions } from "./stage/conditions.ts";
import { figure, median, spread } from "./stage/statistics.ts";
import { encodeLines } from "./thinning/encode-lines.ts";
import { heapOfStreams } from "./thinning/heap-of-streams.ts";
import { readHdfsLines, readIotdbLines } from "./thinning/labelled-logs.ts";

/**
 * What thinning costs: processor time of all threads for the whole stage but for its doors and the next hop, without thinning, with
 * `mode: mark` and with `mode: drop`, on the same requests with the shipped model. The stages take turns on each stretch of the log, so
 * that whatever else the machine does falls on all of them; of the ratios the median counts. And what thinning remembers of streams, in memory. `--quick` only shows that it still runs.
 */
const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    data: { type: "string", default: process.env["LOGBERT_TEST_DATA"] ?? "../shared/data" },
    lines: { type: "string", default: "200000" },
  },
});
const data = needed(publicLogs(values.data, "hdfs", "multilog_iotdb"));
const LINES_MAX = values.quick ? 6_000 : Number(values.lines);
const REQUEST_RECORDS = 1_000;
/** On their way at a time. */
const STRETCH_REQUESTS = values.quick ? 1 : 10;
const STREAMS = values.quick ? 1_000 : 100_000;
const CONTEXTS = [1, 10, 100];
/** While the stages learn, nothing is thinned out. */
const WARM_SHARE = 0.3;
const BLOCKS = { type: "session", stream: { by: "pattern", pattern: "blk_-?\\d+" } };
const WAYS = {
  "no thinning": { enabled: false },
  "`mode: mark`": { enabled: true, mode: "mark", hold_ms: 20 },
  "`mode: drop`": { enabled: true, mode: "drop", hold_ms: 20 },
};
const LOGS = [
  { name: "HDFS, default windows", window: {}, undecided: "keep", read: readHdfsLines },
  // What docs/thinning.md advises for very many short streams.
  { name: "HDFS, a session for each block", window: BLOCKS, undecided: "sample", read: readHdfsLines },
  { name: "IoTDB, default windows", window: {}, undecided: "keep", read: readIotdbLines },
];

const model = await openScorer(configSchema.parse({}).inference, (reason) => {
  throw new Error(reason);
});
const rows: string[][] = [];
for (const log of LOGS) rows.push(...(await measure(log)));
await model.close();
const heaps: string[][] = [];
for (const context of CONTEXTS)
  heaps.push([String(context), String(Math.round(await heapOfStreams(STREAMS, context)))]);
process.stdout.write(
  [
    conditions(),
    "",
    `Processor time, medians of stretches of ${STRETCH_REQUESTS * REQUEST_RECORDS} records, the smallest and the largest in brackets:`,
    "",
    markdownTable(["log and way", "µs a record", "to no thinning", "records that went on"], rows),
    `Heap in use, ${STREAMS} streams, each with as many records as are remembered of it:`,
    "",
    markdownTable(["context_records", "bytes a stream"], heaps),
  ].join("\n"),
);

async function measure({ name, window, undecided, read }: (typeof LOGS)[number]): Promise<string[][]> {
  const lines = (await read(data)).slice(0, LINES_MAX);
  const requests = Array.from({ length: Math.ceil(lines.length / REQUEST_RECORDS) }, (_, at) => ({
    bytes: encodeLines(lines.slice(at * REQUEST_RECORDS, (at + 1) * REQUEST_RECORDS)),
    endMs: lines[Math.min(lines.length, (at + 1) * REQUEST_RECORDS) - 1]?.timeMs ?? 0,
  }));
  const ways = Object.entries(WAYS).map(([way, sampling]) => ({
    way,
    stage: openStage({ window, sampling: { ...sampling, undecided } }, model),
    costs: [] as number[],
  }));
  const warm = Math.ceil(requests.length * WARM_SHARE);
  for (let from = 0; from < requests.length; from += STRETCH_REQUESTS) {
    const stretch = requests.slice(from, from + STRETCH_REQUESTS);
    // Whoever is first warms the processor's caches for the others: they take turns at that, too.
    const first = (from / STRETCH_REQUESTS) % ways.length;
    for (const { stage, costs } of [...ways.slice(first), ...ways.slice(0, first)]) {
      const cost = await stage.play(stretch);
      if (from >= warm) costs.push(cost / (stretch.length * REQUEST_RECORDS));
    }
    if (from === warm - (warm % STRETCH_REQUESTS)) for (const { stage } of ways) stage.forget();
  }
  const [without] = ways;
  return ways.map(({ way, stage, costs }) => {
    const ratios = costs.map((cost, at) => cost / (without?.costs[at] ?? Number.NaN));
    return [`${name}: ${way}`, spread(costs), figure(median(ratios)), `${figure(100 * stage.share())} %`];
  });
}

interface Request {
  readonly bytes: Uint8Array;
  /** Time of its last record. */
  readonly endMs: number;
}

/** A stage that counts what it hands on. */
function openStage(settings: object, { scorer, encoder }: OpenModel) {
  const config = configSchema.parse({ ...settings, detect: { scoring_budget_ms: 60_000 } });
  let nowMs = 0;
  let [came, left] = [0, 0];
  const rooms = createRooms(config, { scorer, encoder, now: () => nowMs });
  const stages: Stages = createStages(rooms, {
    lane: createLane(config.detect.max_records_in_work),
    enrich: createEnrich(config.attributes.prefix),
    thinner: openThinner(config, rooms.judge, () => nowMs),
    forwarder: {
      forward: async () => ({ kind: "accepted", rejectedRecords: 0, message: "" }),
      close: async () => undefined,
    },
    retries: createRetryMemory({ isSettled: isOutcome, max_bytes: 0, max_age_ms: 1, now: () => 0 }),
    observer: {
      outcome: (_, records, __, thinned) => {
        came += records;
        left += thinned?.leftOut ?? 0;
      },
    },
    scoringBudgetMs: config.detect.scoring_budget_ms,
    now: () => nowMs,
    newId: ulid,
  });
  return {
    /** Processor time in microseconds. */
    async play(requests: readonly Request[]): Promise<number> {
      nowMs = requests.at(-1)?.endMs ?? nowMs;
      const before = process.cpuUsage();
      const { signal } = new AbortController();
      await Promise.all(
        requests.map(({ bytes }) => processRequest({ bytes, transport: "grpc" }, stages, signal)),
      );
      await stages.lane.drained();
      const { user, system } = process.cpuUsage(before);
      return user + system;
    },
    share: () => (came - left) / came,
    forget() {
      [came, left] = [0, 0];
    },
  };
}

/** As a stage has it, but by the log's clock: a minute after the start is over at once. */
function openThinner(
  { sampling, window, detect }: Config,
  judge: Rooms["judge"],
  now: () => number,
): Thinner | undefined {
  if (!sampling.enabled) return undefined;
  const thinning = createThinning(sampling, {
    heldRecordsMax: Math.floor(detect.max_records_in_work / 2),
    streamsMax: window.max_streams,
    now,
    later(ms, callback) {
      const timer = setTimeout(callback, ms);
      return () => clearTimeout(timer);
    },
    onEarly: () => undefined,
    onMissed: () => undefined,
  });
  return {
    thinning,
    mark: createMark(sampling),
    isLearned: (service) => judge.service(service)?.state === "ready",
  };
}
