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
