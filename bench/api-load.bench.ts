import { spawnSync } from "node:child_process";
import { constants, setPriority } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { markdownTable } from "../cli/evaluate/report/markdown-table.ts";
import { encodeRequest } from "../processor/wire/encode.ts";
import { openStore } from "../store/open-store.ts";
import { startLogbert } from "../test/helpers/logbert-process.ts";
import { temporaryDirectory } from "../test/helpers/temporary-directory.ts";
import { fillStore } from "./api/fill-store.ts";
import { type LoadAnswer, type LoadCall, loadAnswer } from "./api/load-call.ts";
import { type Child, startChild } from "./stage/child.ts";
import { sendOpenLoop } from "./stage/open-loop.ts";
import { readUsage } from "./stage/process-usage.ts";
import { figure, median, quantile, spread } from "./stage/statistics.ts";

/**
 * What a client of the API does to the stage's answers: 25 subscriptions to anomalies and 25 to the live tail, and heavy queries
 * without a pause on two connections, over a database with a month of scores. Requests come to the stage at a steady rate whether or
 * not the ones before have been answered (open loop), and a latency counts from the time that a request was due. Phases with and
 * without the client alternate, so that other work on the machine falls on both. The client stands for another machine, and has what
 * is left of the processors. `--quick` only shows that the benchmark still runs.
 */
const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    rate: { type: "string", default: "50" },
    records: { type: "string", default: "20" },
    seconds: { type: "string", default: "10" },
    rounds: { type: "string", default: "10" },
  },
});
const RATE = Number(values.rate);
const RECORDS = Number(values.records);
const SECONDS = values.quick ? 0.5 : Number(values.seconds);
const ROUNDS = values.quick ? 1 : Number(values.rounds);
/** A request in so many has a record that the stage has not seen the like of: anomalies to follow. */
const ODD_EVERY = 25;
const THRESHOLD = 0.8;
const SHARES = [0.5, 0.9, 0.99];
const STEPS = ["order received", "stock reserved", "card charged", "order shipped"];
const PAST = values.quick
  ? { others: 1, days: 1, records: 1_000, anomalies: 50, labels: 5 }
  : { others: 4, days: 30, records: 200_000, anomalies: 2_000, labels: 300 };

const directory = temporaryDirectory("bench");
const store = await openStore({ path: join(directory, "logbert.db") });
const services = ["shop", ...Array.from({ length: PAST.others }, (_, i) => `service-${i}`)];
await fillStore(store, { ...PAST, services, endMs: Date.now() });
// So that the odd records are anomalies at once, not when the stage knows the service well.
await store.setThreshold(
  { service: "shop", mode: "manual", value: THRESHOLD, alertsPerDay: undefined, author: undefined },
  Date.now(),
);
await store.close();
const logbert = await startLogbert({ directory });
const client: Child<LoadCall> = startChild<LoadCall>(
  fileURLToPath(new URL("./api/load-client.ts", import.meta.url)),
);
setAside(client.pid);
let sent = 0;

/** A phase. */
interface Measured {
  /** Milliseconds. */
  readonly latencies: readonly number[];
  /** Of the stage's own process, without the API's. */
  readonly cpuUsPerRecord: number;
  /** What the client was served. */
  readonly seen?: LoadAnswer;
}

try {
  await phase(values.quick ? 0.2 : 5);
  await whileAsked(values.quick ? 0.2 : 5);
  report(await measure());
} finally {
  await client.stop();
  await logbert.stop();
}

async function measure(): Promise<{
  readonly without: readonly Measured[];
  readonly during: readonly Measured[];
}> {
  const without: Measured[] = [];
  const during: Measured[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    // Each goes first in half of the rounds.
    const isFirst = round % 2 === 0;
    if (isFirst) without.push(await phase(SECONDS));
    during.push(await whileAsked(SECONDS));
    if (!isFirst) without.push(await phase(SECONDS));
  }
  return { without, during };
}

/** The client would not be on this machine: it runs when nobody else wants to, or, where that cannot be had, at the lowest priority. */
function setAside(pid: number): void {
  const { status } = spawnSync("chrt", ["--all-tasks", "--idle", "--pid", "0", String(pid)], {
    stdio: "ignore",
  });
  if (status !== 0) setPriority(pid, constants.priority.PRIORITY_LOW);
}

function report({ without, during }: Awaited<ReturnType<typeof measure>>): void {
  const total = (of: (answer: LoadAnswer) => number) =>
    during.reduce((sum, { seen }) => sum + (seen === undefined ? 0 : of(seen)), 0);
  const seconds = SECONDS * ROUNDS;
  console.log(
    `${RATE} requests/s of ${RECORDS} records, ${ROUNDS} rounds of ${SECONDS} s each way. The client was told ` +
      `${figure(total(({ records }) => records) / seconds)} records and ${figure(total(({ anomalies }) => anomalies) / seconds)} anomalies ` +
      `a second, and had ${figure(total(({ queries }) => queries) / seconds)} queries a second answered. ` +
      "Milliseconds from due to answered: the median of the rounds (smallest-largest).\n",
  );
  const all = (rounds: readonly Measured[]) => rounds.flatMap(({ latencies }) => latencies);
  const ratio = (of: (one: Measured) => number) =>
    figure(
      median(
        during.map(
          (one, round) => of(one) / of(without[round] ?? { latencies: [], cpuUsPerRecord: Number.NaN }),
        ),
      ),
    );
  const row = (name: string, rounds: readonly Measured[]) => [
    name,
    String(all(rounds).length),
    ...SHARES.map((share) => spread(rounds.map(({ latencies }) => at(latencies, share)))),
    figure(at(all(rounds), 0.99)),
    spread(rounds.map(({ cpuUsPerRecord }) => cpuUsPerRecord)),
  ];
  console.log(
    markdownTable(
      [
        "client",
        "requests",
        "p50",
        "p90",
        "p99",
        "p99 of all rounds together",
        "the stage's CPU µs a record",
      ],
      [
        row("no", without),
        row("yes", during),
        [
          "times as long, same round",
          "",
          ...SHARES.map((share) => ratio(({ latencies }) => at(latencies, share))),
          figure(at(all(during), 0.99) / at(all(without), 0.99)),
          ratio(({ cpuUsPerRecord }) => cpuUsPerRecord),
        ],
      ],
    ),
  );
}

function at(latencies: readonly number[], share: number): number {
  return quantile(
    latencies.toSorted((a, b) => a - b),
    share,
  );
}

/** The requests that were due in so many seconds. */
async function phase(seconds: number): Promise<Measured> {
  const before = ownCpuMs();
  const loop = { url: logbert.httpUrl, requestsPerSecond: RATE, nextBody };
  const latencies = await sendOpenLoop(loop, seconds);
  return { latencies, cpuUsPerRecord: ((ownCpuMs() - before) * 1000) / (latencies.length * RECORDS) };
}

function ownCpuMs(): number {
  const { cpuMs, childrenCpuMs } = readUsage(logbert.pid);
  return cpuMs - childrenCpuMs;
}

/** Fails when the client got nothing: the figures would be those of no client. */
async function whileAsked(seconds: number): Promise<Measured> {
  await client.ask({ kind: "start", url: logbert.apiUrl }, loadAnswer);
  const measured = await phase(seconds);
  const answer = await client.ask({ kind: "stop" }, loadAnswer);
  if (answer.queries === 0 || answer.records === 0 || answer.failures > 0)
    throw new Error(`the client was not served: ${JSON.stringify(answer)}`);
  return { ...measured, seen: answer };
}

function nextBody(): Uint8Array {
  const first = sent;
  sent += RECORDS;
  const isOdd = (first / RECORDS) % ODD_EVERY === ODD_EVERY - 1;
  return encodeRequest([
    {
      attributes: { "service.name": "shop" },
      records: Array.from({ length: RECORDS }, (_, i) => ({
        timeUnixNano: BigInt(Date.now()) * 1_000_000n,
        severityNumber: isOdd && i === 0 ? 17 : 9,
        body:
          isOdd && i === 0 ? oddBody(first) : `${STEPS[(first + i) % STEPS.length]} id=${(first + i) * 7919}`,
      })),
    },
  ]);
}

/** Words that were not there before. */
function oddBody(number: number): string {
  const letters = [...String(number)].map((digit) => String.fromCharCode(97 + Number(digit))).join("");
  return `panic in ${letters}: ${letters}ing of ${letters}ed pages failed`;
}
