import { afterAll, describe, expect } from "vitest";
import { encodeRequest } from "../../processor/wire/encode.ts";
import { collector, kafka, kcat, testWith } from "../helpers/requirement.ts";
import { expectOnce, type SourceRecord } from "./expect-once.ts";
import { type KafkaBroker, startKafka } from "./kafka-broker.ts";
import { argumentsOf, sharedStage } from "./pipeline.ts";

const START_MS = Date.UTC(2026, 10, 30, 14, 5, 9, 123);

const stage = sharedStage();
let broker: Promise<KafkaBroker> | undefined;
afterAll(async () => (await broker)?.stop());
function sharedBroker(jars: string, client: string): Promise<KafkaBroker> {
  broker ??= startKafka(jars, client);
  return broker;
}

describe("kafka", () => {
  testWith(
    [collector(), kafka(), kcat()],
    "messages of text and of OTLP arrive exactly once, also over a restart",
    async ([otelcol = "", jars = "", client = ""]) => {
      const { address, produce } = await sharedBroker(jars, client);
      const written: SourceRecord[] = [];
      const text = (service: string, severityNumber: number, body: string) => {
        written.push({ service, body, severityNumber, timeMs: 0 });
        produce(`logs.${service}`, [body]);
      };
      const otlp = (service: string, bodies: readonly string[]) => {
        const records = bodies.map((body, i) => ({ body, severityNumber: 13, timeMs: START_MS + i }));
        written.push(...records.map((record) => ({ service, ...record })));
        produce("otlp_logs", [
          encodeRequest([
            {
              attributes: { "service.name": service },
              records: records.map(({ timeMs, ...record }) => ({
                ...record,
                timeUnixNano: BigInt(timeMs) * 1_000_000n,
              })),
            },
          ]),
        ]);
      };
      const run = async () =>
        (await stage()).run("kafka", otelcol, argumentsOf("kafka"), { LOGBERT_KAFKA: address });

      text("checkout", 9, "2026-11-30 14:05:09 INFO order 1 accepted");
      text("checkout", 17, "2026-11-30 14:05:10 ERROR order 2 failed\n\tat Gateway.capture(Gateway.java:91)");
      text("payment", 0, "no level here");
      otlp("cart", ["item 1 added", "item 2 added"]);
      const first = await run();
      text("payment", 13, "WARNING: gateway is slow");
      otlp("cart", ["item 3 added"]);
      await first.arrived(written.length);
      await first.stop();

      text("checkout", 5, "DEBUG while nobody reads");
      otlp("cart", ["item 4 added while nobody reads"]);
      const second = await run();
      await second.arrived(written.length);
      expectOnce(await second.stop(), written);
    },
  );
});

describe("beats", () => {
  testWith(
    [collector(), kafka(), kcat()],
    "Filebeat's events become records, and what is none passes as it is",
    async ([otelcol = "", jars = "", client = ""]) => {
      const { address, produce } = await sharedBroker(jars, client);
      const event = (message: string, offset: number, more: object) =>
        JSON.stringify({
          "@timestamp": new Date(START_MS + offset).toISOString(),
          "@metadata": { beat: "filebeat", type: "_doc", version: "9.1.0" },
          message,
          log: {
            offset,
            file: { path: "/var/log/app/checkout.log", inode: "131", device_id: "2049" },
            level: "error",
          },
          input: { type: "filestream" },
          ecs: { version: "8.0.0" },
          host: { name: "web-1", os: { family: "debian" }, ip: ["10.0.0.7"] },
          agent: {
            type: "filebeat",
            version: "9.1.0",
            name: "web-1",
            id: "5b1e0c0e-9f5f-4c33-8c3f-0a4a2f5f3c1d",
          },
          ...more,
        });
      produce("beats", [
        event("order 2 failed\n\tat Gateway.capture(Gateway.java:91)", 1, { service: { name: "checkout" } }),
        event("GET /health 200", 2, {
          log: { level: "notice", offset: 2 },
          service: { type: "nginx" },
          event: { module: "nginx" },
        }),
        event("a line of nobody's", 3, { log: { offset: 3 } }),
        "no event at all",
      ]);
      const running = await (await stage()).run("beats", otelcol, argumentsOf("beats"), {
        LOGBERT_KAFKA: address,
      });
      await running.arrived(4);
      const back = await running.stop();
      const path = "/var/log/app/checkout.log";
      expectOnce(back, [
        {
          service: "checkout",
          body: "order 2 failed\n\tat Gateway.capture(Gateway.java:91)",
          severityNumber: 17,
          timeMs: START_MS + 1,
        },
        { service: "nginx", body: "GET /health 200", severityNumber: 9, timeMs: START_MS + 2 },
        { service: "filebeat", body: "a line of nobody's", severityNumber: 0, timeMs: START_MS + 3 },
        { service: "undefined", body: "no event at all", severityNumber: 0, timeMs: 0 },
      ]);
      const failed = back.find(({ severityText }) => severityText === "error");
      expect(failed?.resource).toMatchObject({ "host.name": "web-1" });
      expect(failed?.attributes).toMatchObject({ "log.file.path": path, "log.file.offset": 1 });
    },
  );
});
