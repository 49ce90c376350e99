import { parseArgs } from "node:util";
import { configSchema } from "../cli/config.ts";
import { readHdfs } from "../cli/evaluate/data/hdfs.ts";
import { markdownTable } from "../cli/evaluate/report/markdown-table.ts";
import { generateNormal } from "../cli/generate/generate-normal.ts";
import { toResources } from "../cli/generate/to-resources.ts";
import { openTriedScorer } from "../cli/open-scorer.ts";
import { createCanaries } from "../processor/canary/create-canaries.ts";
import { createStages } from "../processor/create-stages.ts";
import { createLane } from "../processor/flow/lane.ts";
import { createSinkForwarder } from "../processor/forward/sink.ts";
import { createSwappableScorer } from "../processor/inference/swappable-scorer.ts";
import { processRequest } from "../processor/pipeline.ts";
import { createRooms } from "../processor/rooms.ts";
import { createAskLive, readyServices } from "../processor/stage-canaries.ts";
import { encodeRequest } from "../processor/wire/encode.ts";
import { brokenModel } from "../test/canary/broken-model.ts";
import { SHIPPED_MODEL } from "../test/helpers/shipped-model.ts";
import { figure } from "./stage/statistics.ts";

/**
 * What share of its canaries the detector finds, before it has seen any logs and after it has seen normal ones: with the shipped weights, right after weights were put
 * in use, and with weights that were broken on purpose. Of the generator's services and, with `--data` or LOGBERT_TEST_DATA, of HDFS's normal blocks
 * (DeepLog's training split). `--quick` only shows that the benchmark still runs.
 */
const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    data: { type: "string", default: process.env["LOGBERT_TEST_DATA"] ?? "" },
    records: { type: "string", default: "15000" },
    runs: { type: "string", default: "20" },
  },
});
const RECORDS = values.quick ? 3_000 : Number(values.records);
const RUNS = values.quick ? 1 : Number(values.runs);
const RECORDS_A_REQUEST = 100;
/** HDFS's sequences have no times. */
const GAP_MS = 20;
const START_MS = Date.UTC(2026, 0, 5, 8);

/** Requests of normal logs, each with the time at which it comes. */
type Requests = Iterable<{ readonly bytes: Uint8Array; readonly atMs: number }>;

function* generated(): Requests {
  const records = generateNormal({ seed: 3, records: RECORDS, startMs: START_MS });
  for (let from = 0; from < records.length; from += RECORDS_A_REQUEST) {
    const some = records.slice(from, from + RECORDS_A_REQUEST);
    yield { bytes: encodeRequest(toResources(some)), atMs: some.at(-1)?.timeMs ?? START_MS };
  }
}

async function hdfs(directory: string): Promise<Requests> {
  const { train, templates } = await readHdfs(directory);
  return (function* () {
    let [atMs, records] = [START_MS, 0];
    for (const [block, { events }] of train.entries()) {
      if (records >= RECORDS) return;
      records += events.length;
      const attributes = { "service.name": "hdfs", "service.instance.id": `block ${block}` };
      const logged = Array.from(events, (event, at) => ({
        timeUnixNano: BigInt(atMs + GAP_MS * at) * 1_000_000n,
        severityNumber: 9,
        body: templates[event] ?? "",
        attributes: { "log.record.template": templates[event] ?? "" },
      }));
      atMs += GAP_MS * logged.length;
      yield { bytes: encodeRequest([{ attributes, records: logged }]), atMs };
    }
  })();
}

const config = configSchema.parse({});
const open = (directory: string) => openTriedScorer(directory, config.inference, console.error);
const CONDITIONS: readonly (readonly [name: string, directory: () => string | undefined])[] = [
  ["the shipped weights", () => undefined],
  ["all candidates alike", () => brokenModel("alike", 0)],
  ["odd and normal turned around", () => brokenModel("inverted", -1)],
  ["the shipped weights, just put in use", () => SHIPPED_MODEL],
];

async function measure(data: string, requests: Requests): Promise<readonly (readonly string[])[]> {
  const scorer = createSwappableScorer(await open(SHIPPED_MODEL));
  let nowMs = START_MS;
  const now = () => nowMs;
  const rooms = createRooms(config, { scorer, encoder: scorer.encoder, now });
  const canaries = createCanaries({
    ask: createAskLive(rooms),
    readyServices: () => readyServices(rooms.judge),
    minRecall: config.canary.min_recall,
    earlier: undefined,
    onChanged: () => undefined,
    random: Math.random,
    now,
  });
  const stages = createStages(rooms, {
    retries: { begin: (_, make) => ({ made: make(() => true), end: () => undefined }), bytes: 0 },
    lane: createLane(Number.POSITIVE_INFINITY),
    enrich: (request) => request.bytes,
    forwarder: createSinkForwarder(),
    record: canaries.record,
    scoringBudgetMs: 600_000,
    now,
    newId: () => "",
  });
  for (const { bytes, atMs } of requests) {
    nowMs = atMs;
    await processRequest({ bytes, transport: "http" }, stages, new AbortController().signal);
    await stages.lane.drained();
  }
  const rows: string[][] = [];
  for (const [name, directory] of CONDITIONS) {
    const weights = directory();
    if (weights !== undefined) await scorer.replace(await open(weights));
    const startedMs = performance.now();
    const told = [];
    for (let run = 0; run < RUNS; run += 1) {
      await canaries.run();
      told.push(canaries.status());
    }
    const runMs = (performance.now() - startedMs) / RUNS;
    const recalls = told.map(({ recallRatio = Number.NaN }) => recallRatio);
    const flagged = told.reduce((sum, { falseAlarmRatio = Number.NaN }) => sum + falseAlarmRatio, 0) / RUNS;
    const mean = recalls.reduce((sum, recall) => sum + recall, 0) / RUNS;
    rows.push([
      data,
      name,
      mean.toFixed(3),
      `${Math.min(...recalls).toFixed(2)} to ${Math.max(...recalls).toFixed(2)}`,
      Number.isFinite(flagged) ? flagged.toFixed(3) : "",
      figure(runMs),
    ]);
  }
  await scorer.close();
  return rows;
}

const rows = [
  ...(await measure("none yet: shipped sequences", [])),
  ...(await measure(`generator, ${RECORDS} records`, generated())),
];
if (values.data !== "" && !values.quick)
  rows.push(...(await measure(`HDFS, ${RECORDS} records`, await hdfs(values.data))));
console.log(
  markdownTable(["logs", "weights", "recall, mean", `of ${RUNS} runs`, "false alarms", "ms a run"], rows),
);
