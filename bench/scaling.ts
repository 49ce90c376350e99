import { parseArgs } from "node:util";
import { needed, publicLogs } from "./needed.ts";
import { type LogKind, planFor, planTable, stageLimit } from "./scaling/cost-model.ts";
import { needsTable, stageNeeds } from "./scaling/stage-needs.ts";
import { readRealStreams, type StreamWeights, zipfWeights } from "./scaling/stream-weights.ts";
import {
  kafkaTable,
  lossTable,
  overloadTable,
  ringTable,
  skewTable,
  streamsTable,
} from "./scaling/tables.ts";

/**
 * How streams fall on several stages behind the Collector's load-balancing exporter, whose ring is computed exactly: by how much the
 * fullest stage has more than the mean, and how many stages a rate takes. Streams weigh what they weigh in real logs, or by Zipf's law
 * with exponents as these have. A placement is drawn: addresses as pods get them, and names for the streams. The same figures on every
 * machine. `--quick` only shows that it still runs.
 */
const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    data: { type: "string", default: process.env["LOGBERT_TEST_DATA"] ?? "../shared/data" },
    seed: { type: "string", default: "1" },
  },
});
const data = needed(publicLogs(values.data, "loghub_2k", "bgl", "hdfs"));
const DRAWS = {
  seed: Number(values.seed),
  ...(values.quick ? { rings: 2, names: 5 } : { rings: 50, names: 10 }),
};
/** Rings alone are cheap. */
const RING_DRAWS = { ...DRAWS, rings: values.quick ? 5 : 400 };
const LOSS_DRAWS = { ...DRAWS, rings: values.quick ? 5 : 200 };
const STAGES = values.quick ? [2, 4] : [2, 4, 8, 16, 32, 64, 128];
const RATES = values.quick ? [1_000, 10_000] : [1_000, 10_000, 100_000, 1_000_000];
/** bench/RESULTS.md, The whole stage; the lowest of what they took at most. */
const KINDS: readonly LogKind[] = [
  { name: "sequences repeat (HDFS)", usARecord: 39, recordsPerSecondMax: 32_000, bytesARecord: 214 },
  { name: "DEBUG of many threads (IoTDB)", usARecord: 99, recordsPerSecondMax: 14_500, bytesARecord: 289 },
];
/** What a node of the IoTDB logs writes at DEBUG while it is under load: 10,000 lines in 22 to 26 s. */
const INSTANCE_RECORDS_PER_SECOND = 450;
const SHARE = 0.99;

const services: StreamWeights = { name: "1,000 services, Zipf 1", weights: zipfWeights(1_000, 1) };
const traces: StreamWeights = {
  name: "10,000 equal streams (traces)",
  weights: zipfWeights(values.quick ? 1_000 : 10_000, 0),
};
const models: readonly StreamWeights[] = [
  { name: "200 services, Zipf 1.33", weights: zipfWeights(200, 1.33) },
  services,
  { name: "5,000 services, Zipf 0.8", weights: zipfWeights(5_000, 0.8) },
  traces,
];
const real = await readRealStreams(data);

console.log(
  `${DRAWS.rings * DRAWS.names} placements each (${DRAWS.rings} sets of addresses, ${DRAWS.names} of names), seed ${DRAWS.seed}\n`,
);
print("The fullest stage's part of the ring, in times its fair share", ringTable(STAGES, RING_DRAWS));
print("Streams, and how unequal they are", streamsTable([...real, ...models]));
print("The fullest stage, in times the mean", skewTable([...real, ...models], STAGES, DRAWS));
print(
  "How full stages may be on the mean",
  overloadTable(models.slice(1), values.quick ? [4] : [4, 16, 64], [0.3, 0.5, 0.6, 0.7, 0.8], DRAWS),
);
print(
  `Kafka's partitions, ${traces.name}`,
  kafkaTable(traces, values.quick ? [3] : [3, 6, 12, 24, 48, 96], [64, 256, 1_024], DRAWS),
);
print("One stage goes, 1,000 services of Zipf 1", lossTable(services, STAGES, LOSS_DRAWS));
const senders = { services, traces, instanceMax: INSTANCE_RECORDS_PER_SECOND };
const needsAt = (limit: number) => RATES.map((rate) => stageNeeds(senders, rate, limit, SHARE, DRAWS));
const planned = KINDS.map((kind) => ({ kind, needs: needsAt(stageLimit(kind)) }));
print(
  `Stages for a rate, such that ${SHARE * 100} % of placements leave no stage over its limit; ${services.name}, instances of at most ${INSTANCE_RECORDS_PER_SECOND} records/s, ${traces.name}`,
  needsTable(
    planned.flatMap(({ kind, needs }) => [
      ...(values.quick ? [] : needsAt(kind.recordsPerSecondMax)),
      ...needs,
    ]),
  ),
);
print(
  "What a rate takes, routed by service or by instance, whichever takes fewer",
  planTable(
    planned.flatMap(({ kind, needs }) =>
      needs.map((need) => ({
        title: `${need.rate.toLocaleString("en-US")} records/s, ${kind.name}`,
        plan: planFor(
          need.rate,
          Math.min(need.byService ?? need.byInstance ?? need.even, need.byInstance ?? need.even),
          kind,
        ),
      })),
    ),
  ),
);

function print(title: string, table: string): void {
  console.log(`### ${title}\n\n${table}`);
}
