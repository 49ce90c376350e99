import { Admin } from "@platformatic/kafka";
import { afterAll, expect } from "vitest";
import { startLogbert } from "../helpers/logbert-process.ts";
import { kafka, kcat, testWith } from "../helpers/requirement.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { type KafkaBroker, startKafka } from "../pipelines/kafka-broker.ts";
import { recordsIn, requestOf } from "./kafka-records.ts";

let broker: Promise<KafkaBroker> | undefined;
afterAll(async () => (await broker)?.stop());
function sharedBroker(jars: string, client: string): Promise<KafkaBroker> {
  broker ??= startKafka(jars, client);
  return broker;
}

testWith(
  [kafka(), kcat()],
  "OTLP, JSON and text come out enriched, in their order, with their keys",
  async ([jars = "", client = ""]) => {
    const kafkaBroker = await sharedBroker(jars, client);
    const { address, produce } = kafkaBroker;
    const numbered = (name: string) => Array.from({ length: 50 }, (_, i) => `${name} ${i} done`);
    for (const body of numbered("order")) produce("in.proto", [requestOf("shop", [body])], { key: "shop-1" });
    produce("in.json", [
      JSON.stringify({
        resourceLogs: [
          {
            resource: { attributes: [{ key: "service.name", value: { stringValue: "cart" } }] },
            scopeLogs: [{ logRecords: [{ body: { stringValue: "item added" }, severityNumber: 9 }] }],
          },
        ],
      }),
    ]);
    produce("in.text", [
      "2026-11-30T14:05:10Z ERROR order 2 failed\n\tat Gateway.capture(Gateway.java:91)",
      "plain words",
    ]);
    const logbert = await startLogbert({
      settings: {
        detect: { scoring_budget_ms: 60_000 },
        receive: {
          kafka: {
            brokers: [address],
            topics: [
              { name: "in.proto" },
              { name: "in.json", encoding: "otlp_json" },
              { name: "in.text", encoding: "raw", service: "gateway" },
            ],
          },
        },
        forward: { endpoint: `kafka://${address}/scored` },
      },
    });
    const records = await waitFor("all records to be in the topic", () => {
      const there = recordsIn(kafkaBroker, "scored");
      return there.length >= 53 ? there : undefined;
    });
    expect(records).toHaveLength(53);
    expect(records.every(({ score }) => typeof score === "number")).toBe(true);
    const of = (service: string) => records.filter((one) => one.service === service);
    expect(of("shop").map(({ body }) => body)).toEqual(numbered("order"));
    expect(new Set(of("shop").map(({ key }) => key))).toEqual(new Set(["shop-1"]));
    expect(of("cart")).toMatchObject([{ body: "item added", key: "cart" }]);
    expect(of("gateway").map(({ body }) => body)).toEqual([
      "2026-11-30T14:05:10Z ERROR order 2 failed\n\tat Gateway.capture(Gateway.java:91)",
      "plain words",
    ]);
    expect(await logbert.metric("logbert_receiver_accepted_log_records_total")).toBe(53);
    expect(await logbert.stop()).toBe(0);
  },
);

testWith(
  [kafka(), kcat()],
  "messages are read however they are compressed",
  async ([jars = "", client = ""]) => {
    const kafkaBroker = await sharedBroker(jars, client);
    const { address, produce } = kafkaBroker;
    const codecs = ["gzip", "snappy", "lz4", "zstd"] as const;
    const bodiesOf = (codec: string) => Array.from({ length: 20 }, (_, i) => `${codec} ${i} of a message`);
    for (const compression of codecs)
      produce("packed", [requestOf(compression, bodiesOf(compression))], { compression });
    const logbert = await startLogbert({
      settings: {
        receive: { kafka: { brokers: [address], topics: [{ name: "packed" }], group_id: "packed" } },
        forward: { endpoint: `kafka://${address}/packed.out` },
      },
    });
    const records = await waitFor("all records to be in the topic", () => {
      const there = recordsIn(kafkaBroker, "packed.out");
      return there.length >= 20 * codecs.length ? there : undefined;
    });
    expect(records.map(({ body }) => body)).toEqual(codecs.flatMap(bodiesOf));
    expect(await logbert.stop()).toBe(0);
  },
);

testWith(
  [kafka(), kcat()],
  "partitions that a topic gets later are read, too",
  async ([jars = "", client = ""]) => {
    const kafkaBroker = await sharedBroker(jars, client);
    const { address, produce } = kafkaBroker;
    produce("grown", [requestOf("shop", ["before"])]);
    const logbert = await startLogbert({
      settings: {
        receive: { kafka: { brokers: [address], topics: [{ name: "grown" }], group_id: "grown" } },
        forward: { endpoint: `kafka://${address}/grown.out` },
      },
    });
    const bodies = () => recordsIn(kafkaBroker, "grown.out").map(({ body }) => body);
    await waitFor("the first record", () => (bodies().length > 0 ? true : undefined));
    const admin = new Admin({ clientId: "test", bootstrapBrokers: [address] });
    const own = { brokerIds: [1] };
    await admin.createPartitions({ topics: [{ name: "grown", count: 4, assignments: [own, own, own] }] });
    await admin.close();
    const keys = Array.from({ length: 12 }, (_, i) => `key ${i}`);
    for (const key of keys) produce("grown", [requestOf("shop", [key])], { key });
    await waitFor("records of all partitions", () => (bodies().length >= 13 ? true : undefined));
    expect(bodies().toSorted()).toEqual(["before", ...keys].toSorted());
    expect(new Set(kafkaBroker.read("grown").map(({ partition }) => partition)).size).toBeGreaterThan(1);
    expect(await logbert.stop()).toBe(0);
  },
);
