import { spawnSync } from "node:child_process";
import { constants, setPriority } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { z } from "zod";
import { markdownTable } from "../cli/evaluate/report/markdown-table.ts";
import { detectConfig } from "../processor/detect/config.ts";
import { encodeRequest } from "../processor/wire/encode.ts";
import { openStore } from "../store/open-store.ts";
import { startLogbert } from "../test/helpers/logbert-process.ts";
import { temporaryDirectory } from "../test/helpers/temporary-directory.ts";
import { fillStore } from "./api/fill-store.ts";
import { type LoadAnswer, type LoadCall, loadAnswer, type NeighbourCall } from "./api/load-call.ts";
import { type Child, startChild } from "./stage/child.ts";
import { sendOpenLoop } from "./stage/open-loop.ts";
import { readUsage } from "./stage/process-usage.ts";
import { figure, median, quantile, spread } from "./stage/statistics.ts";

/**
 * What a client of the API does to the stage's answers: 25 subscriptions to anomalies and 25 to the live tail, and heavy queries
 * without a pause on two connections, over a database with a month of scores. Requests come to the stage at a steady rate whether or
 * not the ones before have been answered (open loop), and a latency counts from the time that a request was due. Phases with and
 * without the client take turns, so that other work on the machine falls on all of them. The client stands for another machine, and has what
 * is left of the processors. A third phase has, instead of the client, a program that has nothing to do with the stage and runs at the
 * API's priority: what any neighbour on the machine costs. `--quick` only shows that the benchmark still runs.
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
// With the scoring budget that it has by default, as it is measured.
const logbert = await startLogbert({ directory, settings: { detect: detectConfig.parse({}) } });
const client: Child<LoadCall> = startChild<LoadCall>(
  fileURLToPath(new URL("./api/load-client.ts", import.meta.url)),
);
setAside(client.pid);
const neighbour: Child<NeighbourCall> = startChild<NeighbourCall>(
  fileURLToPath(new URL("./api/neighbour.ts", import.meta.url)),
);
setPriority(neighbour.pid, constants.priority.PRIORITY_BELOW_NORMAL);
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
  await neighbour.stop();
  await logbert.stop();
}

interface Rounds {
  readonly alone: Measured[];
  readonly client: Measured[];
  readonly neighbour: Measured[];
}

async function measure(): Promise<Rounds> {
  const rounds: Rounds = { alone: [], client: [], neighbour: [] };
  const phases = [
    async () => rounds.alone.push(await phase(SECONDS)),
    async () => rounds.client.push(await whileAsked(SECONDS)),
    async () => rounds.neighbour.push(await besideNeighbour(SECONDS)),
  ];
  for (let round = 0; round < ROUNDS; round += 1)
    // Another one goes first in each.
    for (let i = 0; i < phases.length; i += 1) await phases[(round + i) % phases.length]?.();
  return rounds;
}

/** The client would not be on this machine: it runs when nobody else wants to, or, where that cannot be had, at the lowest priority. */
function setAside(pid: number): void {
  const { status } = spawnSync("chrt", ["--all-tasks", "--idle", "--pid", "0", String(pid)], {
    stdio: "ignore",
  });
  if (status !== 0) setPriority(pid, constants.priority.PRIORITY_LOW);
}

function report({ alone, client: asked, neighbour: beside }: Rounds): void {
  const total = (of: (answer: LoadAnswer) => number) =>
    asked.reduce((sum, { seen }) => sum + (seen === undefined ? 0 : of(seen)), 0);
  const seconds = SECONDS * ROUNDS;
  console.log(
    `${RATE} requests/s of ${RECORDS} records, ${ROUNDS} rounds of ${SECONDS} s each way. The client was told ` +
      `${figure(total(({ records }) => records) / seconds)} records and ${figure(total(({ anomalies }) => anomalies) / seconds)} anomalies ` +
      `a second, and had ${figure(total(({ queries }) => queries) / seconds)} queries a second answered. ` +
      "Milliseconds from due to answered: the median of the rounds (smallest-largest).\n",
  );
  console.log(
    markdownTable(
      [
        "beside the stage",
        "requests",
        ...SHARES.map((share) => `p${share * 100}`),
        "p99 of all rounds together",
        "the stage's CPU µs a record",
      ],
      [
        row("nobody", alone),
        row("the client", asked),
        row("another program", beside),
        timesAsLong("the client: times as long, same round", asked, alone),
        timesAsLong("another program: times as long, same round", beside, alone),
      ],
    ),
  );
}

function row(name: string, rounds: readonly Measured[]): string[] {
  const all = rounds.flatMap(({ latencies }) => latencies);
  return [
    name,
    String(all.length),
    ...SHARES.map((share) => spread(rounds.map(({ latencies }) => at(latencies, share)))),
    figure(at(all, 0.99)),
    spread(rounds.map(({ cpuUsPerRecord }) => cpuUsPerRecord)),
  ];
}

function timesAsLong(name: string, rounds: readonly Measured[], alone: readonly Measured[]): string[] {
  const ratio = (of: (one: Measured) => number) =>
    figure(
      median(
        rounds.flatMap((one, round) => {
          const without = alone[round];
          return without === undefined ? [] : [of(one) / of(without)];
        }),
      ),
    );
  const all = (some: readonly Measured[]) => some.flatMap(({ latencies }) => latencies);
  return [
    name,
    "",
    ...SHARES.map((share) => ratio(({ latencies }) => at(latencies, share))),
    figure(at(all(rounds), 0.99) / at(all(alone), 0.99)),
    ratio(({ cpuUsPerRecord }) => cpuUsPerRecord),
  ];
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

async function besideNeighbour(seconds: number): Promise<Measured> {
  const nothing = z.object({});
  await neighbour.ask({ kind: "start" }, nothing);
  const measured = await phase(seconds);
  await neighbour.ask({ kind: "stop" }, nothing);
  return measured;
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
