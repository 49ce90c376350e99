import { parseArgs } from "node:util";
import { ulid } from "ulid";
import { type Config, configSchema } from "../cli/config.ts";
import { openScorer } from "../cli/open-scorer.ts";
import { createStages } from "../processor/create-stages.ts";
import { createEnrich } from "../processor/enrich/enrich.ts";
import { createLane } from "../processor/flow/lane.ts";
import { isOutcome, processRequest } from "../processor/pipeline.ts";
import { createRetryMemory } from "../processor/receive/retries.ts";
import { createRooms } from "../processor/rooms.ts";
import { drawnRandomness } from "../processor/thin/randomness.ts";
import type { Standing } from "../processor/thin/stream-context.ts";
import { passes, thresholdOf } from "../processor/thin/threshold.ts";
import { processIdle } from "../processor/what-is-missing.ts";
import { needed, publicLogs } from "./needed.ts";
import { encodeLines } from "./thinning/encode-lines.ts";
import { type LabelledLine, readHdfsLines, readIotdbLines } from "./thinning/labelled-logs.ts";
import { type ThinnedLog, thinLog } from "./thinning/thinned-log.ts";

/**
 * How much of a log thinning keeps, and how much of what matters in it: of the lines that are flagged and of their context, which
 * it promises, and of those that the data set calls anomalous, which it does not; and how many of what is labelled as a whole,
 * blocks or faults, it shows at all. The whole program but for its doors, from a
 * cold start with the shipped model, in the order of time. `--quick` only shows that it still runs.
 */
const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    data: { type: "string", default: process.env["LOGBERT_TEST_DATA"] ?? "../shared/data" },
    /** Of the logs below, those whose name holds it. */
    only: { type: "string", default: "" },
  },
});
const data = needed(publicLogs(values.data, "hdfs", "multilog_iotdb"));
const LINES_MAX = values.quick ? 3_000 : Number.POSITIVE_INFINITY;
const REQUEST_RECORDS = 1_000;
const BASE_PERCENTS = [10, 1];
const WAYS = [
  { inFlight: 10, undecided: "sample" },
  { inFlight: 1, undecided: "sample" },
  { inFlight: 1, undecided: "keep" },
] as const;
const BLOCKS = { type: "session", stream: { by: "pattern", pattern: "blk_-?\\d+" } };

const LOGS: readonly {
  readonly name: string;
  readonly window: object;
  readonly calibrate?: object;
  readonly read: (directory: string) => Promise<readonly LabelledLine[]>;
}[] = [
  { name: "HDFS, a session for each block", window: BLOCKS, read: readHdfsLines },
  { name: "HDFS, default windows", window: {}, read: readHdfsLines },
  {
    name: "HDFS, default windows, 1,000 alerts a day",
    window: {},
    calibrate: { alerts_per_day: 1_000 },
    read: readHdfsLines,
  },
  { name: "IoTDB, default windows", window: {}, read: readIotdbLines },
];

const model = await openScorer(configSchema.parse({}).inference, (reason) => {
  throw new Error(reason);
});
const { context_records: contextRecords } = configSchema.parse({}).sampling;
console.log(
  `Thinned out by the shipped model from a cold start, ${REQUEST_RECORDS} records a request, ${contextRecords} records of context before and after:\n`,
);
console.log(
  "| log | requests on their way | undecided | base | lines kept | flagged kept | context kept | labelled lines kept | labelled units with a flagged line |",
);
console.log("|---|---|---|---|---|---|---|---|---|");
for (const log of LOGS) if (log.name.includes(values.only)) await measure(log);
await model.close();

async function measure({ name, window, calibrate = {}, read }: (typeof LOGS)[number]): Promise<void> {
  const lines = (await read(data)).slice(0, LINES_MAX);
  const config = configSchema.parse({
    window,
    calibrate,
    sampling: { enabled: true, mode: "drop" },
    detect: { scoring_budget_ms: 60_000 },
  });
  const whole = thinLog(config.sampling, Number.POSITIVE_INFINITY);
  const ways = WAYS.map(({ inFlight, undecided }) => ({
    inFlight,
    undecided,
    log: thinLog({ ...config.sampling, undecided }, inFlight),
  }));
  const randomness = await play(lines, config, [whole, ...ways.map(({ log }) => log)]);
  const truth = await whole.finish();
  for (const { inFlight, undecided, log } of ways) {
    const standings = await log.finish();
    for (const base of BASE_PERCENTS) {
      const threshold = thresholdOf(base / 100) ?? "";
      const isKept = (at: number) => standings[at] !== "rest" || passes(threshold, randomness[at] ?? "");
      const row = [
        shareOf(lines, isKept, () => true),
        shareOf(lines, isKept, (at) => truth[at] === "anomaly"),
        shareOf(lines, isKept, (at) => truth[at] === "context"),
        shareOf(lines, isKept, (at) => lines[at]?.isLabelled === true),
        unitsFlagged(lines, (at) => standings[at] === "anomaly"),
      ];
      console.log(`| ${name} | ${inFlight} | ${undecided} | ${base} % | ${row.join(" | ")} |`);
    }
  }
}

/** How many of the chosen lines are kept, and the share of them. */
function shareOf(
  lines: readonly LabelledLine[],
  isKept: (at: number) => boolean,
  isChosen: (at: number) => boolean,
): string {
  const chosen = lines.map((_, at) => at).filter(isChosen);
  const kept = chosen.filter(isKept).length;
  const percent = chosen.length === 0 ? "–" : `${((100 * kept) / chosen.length).toFixed(2)} %`;
  return `${percent} of ${chosen.length.toLocaleString("en")}`;
}

/** Blocks, or faults, of which a labelled line is flagged, and so kept with its context. */
function unitsFlagged(lines: readonly LabelledLine[], isFlagged: (at: number) => boolean): string {
  const labelled = [...lines.entries()].filter(([, { isLabelled }]) => isLabelled);
  const flagged = labelled.filter(([at]) => isFlagged(at));
  const unitsOf = (some: typeof labelled) => new Set(some.map(([, { unit }]) => unit)).size;
  return `${unitsOf(flagged)} of ${unitsOf(labelled)}`;
}

/** Sends the log through the stage's rooms, and tells all of `logs` what was found. Returns each line's randomness. */
async function play(
  lines: readonly LabelledLine[],
  config: Config,
  logs: readonly ThinnedLog[],
): Promise<readonly string[]> {
  let nowMs = lines[0]?.timeMs ?? 0;
  const randomness: string[] = [];
  const rooms = createRooms(config, { ...model, now: () => nowMs });
  const stages = createStages(rooms, {
    lane: createLane(config.detect.max_records_in_work),
    enrich: createEnrich(config.attributes.prefix),
    thinner: {
      thinning: {
        enter: (request) => ({
          async judged(told) {
            for (const log of logs) log.request(request, told);
            return new Array<Standing>(request.records).fill("unknown");
          },
          inTurn: async () => undefined,
          leave: () => undefined,
        }),
        fellSilent: (findings) => {
          for (const log of logs) log.fellSilent(findings);
        },
        skip: () => undefined,
        stop: () => undefined,
        heldBytes: 0,
      },
      isLearned: (service) => rooms.judge.service(service)?.state === "ready",
      async mark(records) {
        randomness.push(...records.map((record) => drawnRandomness(record)));
        return { leftOut: new Set(), marks: [], counts: new Map() };
      },
    },
    forwarder: {
      forward: async () => ({ kind: "accepted", rejectedRecords: 0, message: "" }),
      close: async () => undefined,
    },
    retries: createRetryMemory({ isSettled: isOutcome, max_bytes: 0, max_age_ms: 1, now: () => 0 }),
    scoringBudgetMs: config.detect.scoring_budget_ms,
    now: () => nowMs,
    newId: ulid,
  });
  for (let from = 0; from < lines.length; from += REQUEST_RECORDS) {
    const own = lines.slice(from, from + REQUEST_RECORDS);
    nowMs = own.at(-1)?.timeMs ?? nowMs;
    const bytes = encodeLines(own);
    await processRequest({ bytes, transport: "grpc" }, stages, new AbortController().signal);
    await stages.lane.drained();
    await processIdle(nowMs, stages);
    if (from % (50 * REQUEST_RECORDS) === 0) console.error(`${from} of ${lines.length} lines`);
  }
  return randomness;
}
