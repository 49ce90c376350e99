import { parseArgs } from "node:util";
import { readHdfs } from "../cli/evaluate/data/hdfs.ts";
import { readGzipLines } from "../cli/evaluate/data/read-gzip-lines.ts";
import { markdownTable } from "../cli/evaluate/report/markdown-table.ts";
import { generateNormal } from "../cli/generate/generate-normal.ts";
import { toResources } from "../cli/generate/to-resources.ts";
import { encodeRequest } from "../processor/wire/encode.ts";
import { brokenModel } from "../test/canary/broken-model.ts";
import { REGULAR_SERVICES, regularRequests } from "../test/canary/regular-logs.ts";
import { startTrial, type TimedRequests } from "../test/canary/trial.ts";
import { SHIPPED_MODEL } from "../test/helpers/shipped-model.ts";
import { needed, publicLogs } from "./needed.ts";
import { figure } from "./stage/statistics.ts";

/**
 * What share of its canaries the detector finds, before it has seen any logs and after it has seen normal ones: with the shipped weights, right after weights were put
 * in use, and with weights that were broken on purpose. Of the generator's services, of single ones that write hardly anything but the same and, with `--data` or LOGBERT_TEST_DATA, of HDFS's normal blocks
 * (DeepLog's training split) and single services that each write one of loghub's 2,000 line samples, among them those in which the least is found. `--quick` only shows that the benchmark still runs.
 */
const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    data: { type: "string", default: process.env["LOGBERT_TEST_DATA"] ?? "" },
    records: { type: "string", default: "15000" },
    runs: { type: "string", default: "20" },
  },
});
const wantsPublicLogs = values.data !== "" && !values.quick;
const data = wantsPublicLogs ? needed(publicLogs(values.data, "hdfs", "loghub_2k")) : "";
const RECORDS = values.quick ? 3_000 : Number(values.records);
const RUNS = values.quick ? 1 : Number(values.runs);
const RECORDS_A_REQUEST = 100;
/** HDFS's sequences have no times. */
const GAP_MS = 20;
const START_MS = Date.UTC(2026, 0, 5, 8);

function* generated(): TimedRequests {
  const records = generateNormal({ seed: 3, records: RECORDS, startMs: START_MS });
  for (let from = 0; from < records.length; from += RECORDS_A_REQUEST) {
    const some = records.slice(from, from + RECORDS_A_REQUEST);
    yield { bytes: encodeRequest(toResources(some)), atMs: some.at(-1)?.timeMs ?? START_MS };
  }
}

async function hdfs(directory: string): Promise<TimedRequests> {
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

const LOGHUB = ["Apache", "HealthApp", "Mac", "OpenStack", "Spark", "Windows"];

/** Which sequences are kept is left to chance, and what is found in them differs: each is measured anew twice. */
async function loghub(directory: string, name: string): Promise<TimedRequests> {
  const lines: string[] = [];
  await readGzipLines(directory, `loghub_2k/${name}/${name}_2k.log.gz`, (line) => lines.push(line));
  return regularRequests((nth) => lines[nth] ?? "", lines.length, START_MS);
}

const CONDITIONS: readonly (readonly [name: string, directory: () => string | undefined])[] = [
  ["the shipped weights", () => undefined],
  ["all candidates alike", () => brokenModel("alike", 0)],
  ["odd and normal turned around", () => brokenModel("inverted", -1)],
  ["the shipped weights, just put in use", () => SHIPPED_MODEL],
];

async function measure(data: string, requests: TimedRequests): Promise<readonly (readonly string[])[]> {
  const { canaries, feed, use, close } = await startTrial(START_MS);
  await feed(requests);
  const rows: string[][] = [];
  for (const [name, directory] of CONDITIONS) {
    const weights = directory();
    if (weights !== undefined) await use(weights);
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
      String(told.filter(({ state }) => state === "collapsed").length),
      Number.isFinite(flagged) ? flagged.toFixed(3) : "",
      figure(runMs),
    ]);
  }
  await close();
  return rows;
}

const rows = [
  ...(await measure("none yet: shipped sequences", [])),
  ...(await measure(`generator, ${RECORDS} records`, generated())),
];
for (const [name, body] of Object.entries(REGULAR_SERVICES))
  rows.push(
    ...(await measure(`nothing but ${name}, ${RECORDS} records`, regularRequests(body, RECORDS, START_MS))),
  );
if (wantsPublicLogs) {
  rows.push(...(await measure(`HDFS, ${RECORDS} records`, await hdfs(data))));
  for (const name of LOGHUB.flatMap((one) => [one, one]))
    rows.push(...(await measure(`loghub's ${name}`, await loghub(data, name))));
}
console.log(
  markdownTable(
    ["logs", "weights", "recall, mean", `of ${RUNS} runs`, "collapsed", "false alarms", "ms a run"],
    rows,
  ),
);
