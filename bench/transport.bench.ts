import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { startChild } from "./stage/child.ts";
import {
  CANDIDATE_NAMES,
  type CandidateName,
  listening,
  type PeerCall,
  sent,
  usage,
} from "./transport/peer.ts";

/**
 * What it costs to take in and to send OTLP/gRPC, each side alone: CPU time a record of the process that does it, with
 * logbert's own on the other side. `--quick` only shows that the benchmark still runs.
 */
const { values } = parseArgs({
  options: { quick: { type: "boolean", default: false }, rounds: { type: "string", default: "5" } },
});
const ROUNDS = values.quick ? 1 : Number(values.rounds);
const LOADS = [
  { recordsEach: 1, requests: values.quick ? 10 : 10_000 },
  { recordsEach: 100, requests: values.quick ? 2 : 3_000 },
  { recordsEach: 1_000, requests: values.quick ? 1 : 500 },
];
const IN_FLIGHT = 10;
const SIDES = ["received", "sent"] as const;

interface Figures {
  readonly cpuUs: number[];
  readonly recordsPerSecond: number[];
}

console.log(
  `${cpus()[0]?.model}, ${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}; Node ${process.versions.node}; rounds: ${ROUNDS}; CPU µs a record (records/s)\n`,
);
const figures = new Map<string, Figures>();
for (let round = 0; round < ROUNDS; round += 1)
  for (const side of SIDES) for (const candidate of CANDIDATE_NAMES) await measure(side, candidate);
print();

async function measure(side: (typeof SIDES)[number], candidate: CandidateName): Promise<void> {
  const module = `${import.meta.dirname}/transport/peer.ts`;
  const server = startChild<PeerCall>(module);
  const client = startChild<PeerCall>(module);
  const listens = side === "received" ? candidate : "logbert";
  const { port } = await server.ask({ kind: "listen", candidate: listens }, listening);
  for (const { recordsEach, requests } of LOADS) {
    const send = (count: number) =>
      client.ask(
        {
          kind: "send",
          candidate: side === "sent" ? candidate : "logbert",
          endpoint: `127.0.0.1:${port}`,
          recordsEach,
          requests: count,
          inFlight: IN_FLIGHT,
        },
        sent,
      );
    await send(Math.ceil(requests / 4));
    const before = await server.ask({ kind: "usage" }, usage);
    const took = await send(requests);
    const after = await server.ask({ kind: "usage" }, usage);
    const records = requests * recordsEach;
    const cpuUs = side === "received" ? after.cpuUs - before.cpuUs : took.cpuUs;
    const key = `${side} ${candidate} ${recordsEach}`;
    const known = figures.get(key) ?? { cpuUs: [], recordsPerSecond: [] };
    known.cpuUs.push(cpuUs / records);
    known.recordsPerSecond.push(records / took.seconds);
    figures.set(key, known);
  }
  await Promise.all([server.stop(), client.stop()]);
}

function print(): void {
  for (const side of SIDES) {
    console.log(`| ${side} | ${LOADS.map(({ recordsEach }) => `${recordsEach} a request`).join(" | ")} |`);
    console.log(`|---|${LOADS.map(() => "---|").join("")}`);
    for (const candidate of CANDIDATE_NAMES) {
      const cells = LOADS.map(({ recordsEach }) => {
        const { cpuUs = [], recordsPerSecond = [] } =
          figures.get(`${side} ${candidate} ${recordsEach}`) ?? {};
        return `${median(cpuUs).toPrecision(3)} (${Number(median(recordsPerSecond).toPrecision(3))})`;
      });
      console.log(`| ${candidate} | ${cells.join(" | ")} |`);
    }
    console.log("");
  }
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}
