import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { detectConfig } from "../processor/detect/config.ts";
import { runTrainer } from "../processor/promote/run-trainer.ts";
import { encodeRequest } from "../processor/wire/encode.ts";
import { startLogbert } from "../test/helpers/logbert-process.ts";
import { temporaryDirectory } from "../test/helpers/temporary-directory.ts";
import { sendOpenLoop } from "./stage/open-loop.ts";

/**
 * What a training in the background does to a stage's answers: requests come at a steady rate whether or not the ones before
 * have been answered (open loop), and a latency counts from the time that a request was due. Phases with and without a
 * training alternate, so that other work on the machine falls on both. The training is `logbert train`, started as the stage
 * starts it, on made-up logs. `--quick` only shows that the benchmark still runs.
 */
const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    rate: { type: "string", default: "50" },
    records: { type: "string", default: "20" },
    seconds: { type: "string", default: "15" },
    rounds: { type: "string", default: "4" },
  },
});
const RATE = Number(values.rate);
const RECORDS = Number(values.records);
const SECONDS = values.quick ? 0.5 : Number(values.seconds);
const ROUNDS = values.quick ? 1 : Number(values.rounds);

const STEPS = ["order received", "stock reserved", "card charged", "order shipped"];
const directory = temporaryDirectory("bench");
// With the scoring budget that it has by default, as it is measured.
const logbert = await startLogbert({ settings: { detect: detectConfig.parse({}) } });
let sent = 0;

await phase(values.quick ? 0.2 : 5);
const without: number[] = [];
const during: number[] = [];
for (let round = 0; round < ROUNDS; round += 1) {
  without.push(...(await phase(SECONDS)));
  during.push(...(await whileTraining(round, () => phase(SECONDS))));
}
await logbert.stop();

console.log(
  `${RATE} requests/s of ${RECORDS} records, ${ROUNDS} rounds of ${SECONDS} s; ms from due to answered:`,
);
console.log("| training | requests | p50 | p90 | p99 | largest |\n|---|---|---|---|---|---|");
console.log(row("no", without));
console.log(row("yes", during));

function row(name: string, latencies: readonly number[]): string {
  const sorted = latencies.toSorted((a, b) => a - b);
  const at = (share: number) =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1);
  return `| ${name} | ${sorted.length} | ${at(0.5)} | ${at(0.9)} | ${at(0.99)} | ${at(1)} |`;
}

/** Latencies of the requests that were due in so many seconds, in milliseconds. */
function phase(seconds: number): Promise<readonly number[]> {
  return sendOpenLoop({ url: logbert.httpUrl, requestsPerSecond: RATE, nextBody }, seconds);
}

/** Fails when the training was over before the phase was: its figures would be those of no training. */
async function whileTraining<T>(round: number, work: () => Promise<T>): Promise<T> {
  const input = join(directory, "input.log");
  if (round === 0) writeFileSync(input, logLines(values.quick ? 2_000 : 60_000));
  const ending = new AbortController();
  const begun = Promise.withResolvers<void>();
  let isOver = false;
  const training = runTrainer(
    {
      file: process.execPath,
      args: [join(import.meta.dirname, "../bin/logbert.js"), "train", "--epochs", "10000"],
    },
    [
      "--input",
      input,
      "--format",
      "plain",
      "--threads",
      "1",
      "--progress",
      "json",
      "--out",
      join(directory, `model-${round}`),
    ],
    ending.signal,
    () => begun.resolve(),
  ).finally(() => {
    isOver = true;
  });
  await Promise.race([begun.promise, training]);
  const done = await work();
  if (isOver) throw new Error("the training ended before the phase did");
  ending.abort("the phase is over");
  await training.catch(() => undefined);
  return done;
}

function nextBody(): Uint8Array {
  const first = sent;
  sent += RECORDS;
  return encodeRequest([
    {
      attributes: { "service.name": "shop" },
      records: Array.from({ length: RECORDS }, (_, i) => ({
        timeUnixNano: BigInt(Date.now()) * 1_000_000n,
        severityNumber: 9,
        body: `${STEPS[(first + i) % STEPS.length]} id=${(first + i) * 7919}`,
      })),
    },
  ]);
}

function logLines(lines: number): string {
  return Array.from({ length: lines }, (_, i) => `INFO ${STEPS[i % STEPS.length]} id=${i * 7919}\n`).join("");
}
