import { performance } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { Admin, ProduceAcks, Producer } from "@platformatic/kafka";
import { markdownTable } from "../cli/evaluate/report/markdown-table.ts";
import { numberedRequest } from "../test/faults/numbered-requests.ts";
import { startLogbert } from "../test/helpers/logbert-process.ts";
import { kafka, kcat } from "../test/helpers/requirement.ts";
import { committedOffsets } from "../test/kafka/group-offsets.ts";
import { type KafkaBroker, startKafka } from "../test/pipelines/kafka-broker.ts";
import { needed } from "./needed.ts";
import { figure, quantile } from "./stage/statistics.ts";

/**
 * How fast a backlog goes from a topic to a topic, when offsets are committed after the records and when they go with them: one broker,
 * four partitions, batches as they are by default. In turn, so that what else the machine does is in both. `--quick` only shows that
 * it still runs.
 */
const { values } = parseArgs({ options: { quick: { type: "boolean", default: false } } });
const ROUNDS = values.quick ? 1 : 5;
const MESSAGES = values.quick ? 200 : 4_000;
const RECORDS_EACH = 10;
const STREAMS = 32;
const PARTITIONS = 4;
const DELIVERIES = ["at_least_once", "exactly_once"] as const;
/** From one look at the group's offsets to the next. */
const LOOK_MS = 20;

const broker = await startKafka(needed(kafka()), needed(kcat()), { "num.partitions": String(PARTITIONS) });
const admin = new Admin({ clientId: "bench", bootstrapBrokers: [broker.address] });
try {
  await fillTopic(broker);
  const rates = new Map(DELIVERIES.map((delivery): [string, number[]] => [delivery, []]));
  for (let round = 0; round < ROUNDS; round += 1)
    for (const delivery of DELIVERIES)
      rates.get(delivery)?.push(await rateOf(broker, delivery, `${delivery}-${round}`));
  const rows = [...rates].map(([delivery, all]) => {
    const sorted = all.toSorted((a, b) => a - b);
    return [delivery, String(all.length), ...[0.5, 0, 1].map((share) => figure(quantile(sorted, share)))];
  });
  console.log(
    markdownTable(["`receive.kafka.delivery`", "times", "records/s, median", "least", "most"], rows),
  );
} finally {
  await admin.close();
  await broker.stop();
}

async function fillTopic({ address }: KafkaBroker): Promise<void> {
  const producer = new Producer({ clientId: "bench", bootstrapBrokers: [address], autocreateTopics: true });
  for (let from = 0; from < MESSAGES; from += STREAMS) {
    const messages = Array.from({ length: Math.min(STREAMS, MESSAGES - from) }, (_, i) => ({
      topic: "in",
      key: Buffer.from(`stream-${i}`),
      value: Buffer.from(numberedRequest(`stream-${i}`, (from / STREAMS) * RECORDS_EACH, RECORDS_EACH)),
    }));
    await producer.send({ messages, acks: ProduceAcks.ALL });
  }
  await producer.close();
}

/** Records a second, from the first ones that are committed to the last ones. */
async function rateOf({ address }: KafkaBroker, delivery: string, group: string): Promise<number> {
  const committed = async () => {
    const offsets = await committedOffsets(admin, group, "in").catch(() => new Map<number, bigint>());
    return [...offsets.values()].reduce((sum, offset) => sum + Number(offset), 0);
  };
  const until = async (messages: number) => {
    for (;;) {
      const count = await committed();
      if (count >= messages) return { count, atMs: performance.now() };
      await delay(LOOK_MS);
    }
  };
  const stage = await startLogbert({
    settings: {
      receive: { kafka: { brokers: [address], topics: [{ name: "in" }], group_id: group, delivery } },
      forward: { endpoint: `kafka://${address}/${group}.out` },
    },
  });
  try {
    const first = await until(1);
    const last = await until(MESSAGES);
    return ((last.count - first.count) * RECORDS_EACH) / ((last.atMs - first.atMs) / 1000);
  } finally {
    await stage.kill();
  }
}
