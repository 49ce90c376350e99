import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { type NumberedRecord, numberedRequest, numbersIn } from "../faults/numbered-requests.ts";
import { startRecordingHop } from "../faults/recording-hop.ts";
import { freePort } from "../helpers/free-port.ts";
import { startLogbert } from "../helpers/logbert-process.ts";
import { collector, kafka, kcat, testWith } from "../helpers/requirement.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { startCollector } from "../pipelines/collector-process.ts";
import { startKafka } from "../pipelines/kafka-broker.ts";
import { accountOf } from "./account.ts";

const STREAMS = ["a", "b", "c", "d"];
const RECORDS_EACH = 500;

/** What it takes by HTTP goes into two topics, and what is in the topic behind logbert to a next hop. */
const configOf = (broker: string, http: number, hop: string) => `
receivers:
  otlp: { protocols: { http: { endpoint: "127.0.0.1:${http}" } } }
  kafka: { brokers: ["${broker}"], group_id: behind, initial_offset: earliest, logs: { topics: [scored], encoding: otlp_proto } }
exporters:
  kafka/proto:
    brokers: ["${broker}"]
    logs: { topic: in.proto, encoding: otlp_proto }
    partition_logs_by_resource_attributes: true
    sending_queue: { num_consumers: 1 }
    producer: { compression: zstd }
  kafka/json:
    brokers: ["${broker}"]
    logs: { topic: in.json, encoding: otlp_json }
    partition_logs_by_resource_attributes: true
    sending_queue: { num_consumers: 1 }
    producer: { compression: snappy }
  otlp_grpc: { endpoint: "${hop}", compression: none, tls: { insecure: true }, sending_queue: { num_consumers: 1 } }
extensions:
  health_check: { endpoint: "\${env:LOGBERT_COLLECTOR_HEALTH}" }
service:
  extensions: [health_check]
  telemetry: { metrics: { level: none } }
  pipelines:
    logs/before: { receivers: [otlp], exporters: [kafka/proto, kafka/json] }
    logs/behind: { receivers: [kafka], exporters: [otlp_grpc] }
`;

testWith(
  [collector(), kafka(), kcat()],
  "what a Collector's exporter writes is read, keyed by its resource, and what is written a Collector's receiver reads, in order",
  async ([otelcol = "", jars = "", client = ""]) => {
    const broker = await startKafka(jars, client, { "num.partitions": "3" });
    const arrived: NumberedRecord[] = [];
    const hop = await startRecordingHop("grpc", (body) => arrived.push(...numbersIn(body)));
    const http = await freePort();
    const config = join(temporaryDirectory("kafka-collector"), "config.yaml");
    writeFileSync(config, configOf(broker.address, http, hop.endpoint));
    const running = await startCollector({
      binary: otelcol,
      arguments: ["--config", config],
      environment: {},
      health: `127.0.0.1:${await freePort()}`,
    });
    const logbert = await startLogbert({
      settings: {
        receive: {
          kafka: {
            brokers: [broker.address],
            topics: [{ name: "in.proto" }, { name: "in.json", encoding: "otlp_json" }],
          },
        },
        forward: { endpoint: `kafka://${broker.address}/scored` },
      },
    });
    for (let from = 0; from < RECORDS_EACH; from += 10)
      for (const stream of STREAMS) {
        const { status } = await fetch(`http://127.0.0.1:${http}/v1/logs`, {
          method: "POST",
          headers: { "content-type": "application/x-protobuf" },
          body: numberedRequest(stream, from, 10),
        });
        expect(status).toBe(200);
      }
    const total = 2 * STREAMS.length * RECORDS_EACH;
    await waitFor("all records to be behind", () => (arrived.length >= total ? true : undefined));
    expect(accountOf(new Map(STREAMS.map((stream) => [stream, RECORDS_EACH])), arrived)).toEqual({
      missing: 0,
      repeated: total / 2,
      disordered: 0,
    });
    const written = broker.read("scored");
    expect(new Set(written.map(({ key }) => key)).size).toBe(STREAMS.length);
    expect(await logbert.stop()).toBe(0);
    await running.stop();
    await hop.down();
    await broker.stop();
  },
);
