import { join } from "node:path";
import { parseArgs } from "node:util";
import { collector } from "../test/helpers/requirement.ts";
import { postgres } from "../test/postgres/postgres-server.ts";
import { needed, publicLogs } from "./needed.ts";
import { type Database, startDatabase } from "./replicas/database.ts";
import { driveStages, type ReplicaLoad, type ReplicaRun, recordsOf } from "./replicas/measure.ts";
import { burstTable, idleTable, pacedTable } from "./replicas/report.ts";
import { startStages } from "./replicas/stages.ts";
import { startChild } from "./stage/child.ts";
import { type GeneratorCall, readAnswer } from "./stage/generator.ts";
import { listenAnswer, type SinkCall } from "./stage/sink.ts";

/**
 * One, two and four stages that share a PostgreSQL database, behind a Collector that routes by service (load_balancing), fed with BGL's
 * lines: as fast as they are taken, at a steady rate that is the same for any number of stages, and idle. Names of services are chosen so
 * that each stage gets as many. What is measured is the CPU time of each process; all of them, the sender and the next hop share the
 * machine, so records/s show no more than that machine's cores. `--quick` only shows that it still runs.
 */
const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    data: { type: "string", default: process.env["LOGBERT_TEST_DATA"] ?? "../shared/data" },
    rounds: { type: "string" },
    stages: { type: "string", multiple: true },
  },
});
const data = needed(publicLogs(values.data, "bgl"));
const ROUNDS = Number(values.rounds ?? (values.quick ? 1 : 2));
const COUNTS = (values.stages ?? (values.quick ? ["2"] : ["1", "2", "4"])).map(Number);
const LOAD: ReplicaLoad = values.quick
  ? {
      warmRecordsEach: 100,
      burst: { records: 400, recordsEach: 20, seconds: 60 },
      paced: { recordsPerSecond: 200, recordsEach: 10, seconds: 1 },
      idleSeconds: 1,
      quietMsMax: 0,
    }
  : {
      warmRecordsEach: 30_000,
      burst: { records: 200_000, recordsEach: 1_000, seconds: 6 },
      paced: { recordsPerSecond: 4_000, recordsEach: 100, seconds: 10 },
      idleSeconds: 10,
      quietMsMax: 5_000,
    };
/** So that each stretch has one: half of the default, and of what a snapshot costs a second, half is to be taken off. */
const SNAPSHOT_MS = 10_000;

const generator = startChild<GeneratorCall>(join(import.meta.dirname, "stage/generator.ts"));
const sink = startChild<SinkCall>(join(import.meta.dirname, "stage/sink.ts"));
try {
  const { port } = await sink.ask({ kind: "listen" }, listenAnswer);
  const lines = Math.max(...COUNTS.map((count) => recordsOf(LOAD, count)));
  await generator.ask({ kind: "read", stream: "bgl", data: data, lines }, readAnswer);
  const runs: ReplicaRun[][] = COUNTS.map(() => []);
  for (let round = 0; round < ROUNDS; round += 1)
    for (const [i, count] of COUNTS.entries()) {
      const run = await measure(count, `127.0.0.1:${port}`);
      runs[i]?.push(run);
      console.error(
        `round ${round + 1}, ${count} stages: ${(run.burst.records / run.burst.seconds).toFixed(0)} records/s`,
      );
    }
  const { burst, paced } = LOAD;
  console.log(`Rounds: ${ROUNDS}. Snapshots every ${SNAPSHOT_MS / 1_000} s.\n`);
  console.log(`### As fast as they are taken, ${burst.recordsEach} records a request, ${burst.seconds} s\n`);
  console.log(burstTable(runs));
  console.log(
    `### ${paced.recordsPerSecond} records/s, ${paced.recordsEach} a request, ${paced.seconds} s\n`,
  );
  console.log(pacedTable(runs));
  console.log(`### Idle for ${LOAD.idleSeconds} s, a stage each\n`);
  console.log(idleTable(runs));
} finally {
  await Promise.all([generator.stop(), sink.stop()]);
}

async function measure(count: number, nextHop: string): Promise<ReplicaRun> {
  const database: Database = await startDatabase(needed(postgres()));
  try {
    const stages = await startStages({
      stages: count,
      nextHop,
      collector: needed(collector()),
      database,
      snapshotMs: SNAPSHOT_MS,
    });
    try {
      return await driveStages(count, stages, { generator, sink }, LOAD);
    } finally {
      await stages.stop();
    }
  } finally {
    await database.remove();
  }
}
