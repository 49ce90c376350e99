import { performance } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { status as Code } from "@grpc/grpc-js";
import { z } from "zod";
import { markdownTable } from "../cli/evaluate/report/markdown-table.ts";
import { readRequest } from "../processor/wire/read-request.ts";
import { startGrpcNextHop } from "../test/edges/next-hop.ts";
import { sendGrpc } from "../test/edges/senders.ts";
import { type LogbertProcess, startLogbert } from "../test/helpers/logbert-process.ts";
import { postgres } from "../test/postgres/postgres-server.ts";
import { oddity, usual } from "../test/postgres/two-stages.ts";
import { needed } from "./needed.ts";
import { startDatabase } from "./replicas/database.ts";
import { figure, quantile } from "./stage/statistics.ts";

/**
 * How long it takes until what people say at one stage holds at another one on the same PostgreSQL: a threshold, until a record that the
 * other one forwards has been judged by it; feedback, until the other one has applied it. `--quick` only shows that it still runs.
 */
const { values } = parseArgs({ options: { quick: { type: "boolean", default: false } } });
const ROUNDS = values.quick ? 1 : 40;
const SERVICE = "shop";
const found = z.object({ anomalies: z.object({ nodes: z.array(z.object({ id: z.string() })) }) });
/** From one look at what holds to the next. */
const LOOK_MS = 20;

const database = await startDatabase(needed(postgres()));
const hop = await startGrpcNextHop(() => ({ body: new Uint8Array() }));
const stages: LogbertProcess[] = [];
try {
  const url = await database.create("everywhere");
  for (const instance of ["a", "b"])
    stages.push(
      await startLogbert({
        environment: { DATABASE_URL: url, LOGBERT_INSTANCE: instance },
        settings: { forward: { endpoint: hop.address } },
      }),
    );
  const [a, b] = stages;
  if (a === undefined || b === undefined) throw new Error("there are no two stages");
  const delays = await measure(a, b);
  const rows = delays.map(([what, all]) => {
    const sorted = all.toSorted((a, b) => a - b);
    return [
      what,
      String(all.length),
      ...[0.5, 0.95, 1].map((share) => figure(quantile(sorted, share))),
      "5000",
    ];
  });
  console.log(markdownTable(["said at one stage", "times", "p50, ms", "p95", "longest", "goal"], rows));
} finally {
  await Promise.all(stages.map((stage) => stage.kill()));
  await hop.close();
  await database.remove();
}

async function measure(a: LogbertProcess, b: LogbertProcess): Promise<[string, readonly number[]][]> {
  await teach(b);
  const ids = await oddIds(a);
  const thresholds: number[] = [];
  const labels: number[] = [];
  for (const [round, id] of ids.slice(0, ROUNDS).entries()) {
    const value = (round + 1) / 1_000;
    await a.graphql(`mutation { setThreshold(input: { service: "${SERVICE}", value: ${value} }) { value } }`);
    thresholds.push(await timeUntil(async () => (await thresholdAt(b)) === value));
    await a.graphql(`mutation { addFeedback(input: { anomalyId: "${id}", isTrueAnomaly: true }) { id } }`);
    labels.push(await timeUntil(async () => (await b.metric("logbert_feedback_total")) === round + 1));
  }
  return [
    ["a threshold", thresholds],
    ["feedback", labels],
  ];
}

/** Milliseconds from now until something holds. */
async function timeUntil(holds: () => Promise<boolean>): Promise<number> {
  const startedAtMs = performance.now();
  while (!(await holds())) await delay(LOOK_MS);
  return performance.now() - startedAtMs;
}

/** By which a record of now is judged that comes to the stage. */
async function thresholdAt(stage: LogbertProcess): Promise<unknown> {
  const before = hop.received.length;
  await send(stage, oddity(Date.now(), "order received", SERVICE));
  const [record] = hop.received.slice(before).flatMap((bytes) => readRequest(bytes).records);
  return record?.attribute("anomaly.threshold");
}

/** A usual past, and as many odd records as feedback is given on. */
async function teach(stage: LogbertProcess): Promise<void> {
  const nowMs = Date.now();
  for (let piece = 10; piece > 0; piece -= 1) await send(stage, usual(nowMs - piece * 40_000, SERVICE));
  for (let i = 0; i < ROUNDS; i += 1) {
    const body = `kernel panic: cannot mount root of ${"abcdefghijklmnopqrstuvwxyz".charAt(i % 26).repeat(1 + i / 26)} and halt`;
    await send(stage, oddity(nowMs + i, body, SERVICE));
  }
}

async function oddIds(stage: LogbertProcess): Promise<readonly string[]> {
  for (;;) {
    const { anomalies } = found.parse(await stage.graphql("{ anomalies(first: 100) { nodes { id } } }"));
    if (anomalies.nodes.length >= ROUNDS) return anomalies.nodes.map(({ id }) => id);
    await delay(LOOK_MS);
  }
}

async function send({ grpcEndpoint }: LogbertProcess, request: Uint8Array): Promise<void> {
  const { code } = await sendGrpc(grpcEndpoint, request);
  if (code !== Code.OK) throw new Error(`the stage did not take the records: ${code}`);
}
