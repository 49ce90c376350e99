import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { stringify } from "yaml";
import { z } from "zod";
import { freePort } from "../helpers/free-port.ts";
import { collector, testWith } from "../helpers/requirement.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { createTelling } from "./start-telling.ts";

const keyValues = z
  .array(z.object({ key: z.string(), value: z.record(z.string(), z.unknown()) }))
  .transform((list) => new Map(list.map(({ key, value }) => [key, Object.values(value)[0]])));

/** A line of the Collector's file exporter. */
const line = z.object({
  resourceLogs: z.array(
    z.object({
      resource: z.object({ attributes: keyValues }),
      scopeLogs: z.array(
        z.object({
          scope: z.object({ name: z.string() }),
          logRecords: z.array(
            z.object({
              eventName: z.string(),
              severityNumber: z.number(),
              severityText: z.string(),
              body: z.object({ stringValue: z.string() }),
              attributes: keyValues,
            }),
          ),
        }),
      ),
    }),
  ),
});

function eventsIn(path: string) {
  if (!existsSync(path)) return [];
  const text = readFileSync(path, "utf8");
  return text
    .slice(0, text.lastIndexOf("\n") + 1)
    .split("\n")
    .filter((one) => one !== "")
    .flatMap((one) => line.parse(JSON.parse(one)).resourceLogs)
    .flatMap(({ resource, scopeLogs }) =>
      scopeLogs.flatMap(({ logRecords }) =>
        logRecords.map((record) => ({ ...record, service: resource.attributes.get("service.name") })),
      ),
    );
}

testWith(
  [collector()],
  "a real Collector is sent incidents, and what no record carries, as events; also those from while it was away",
  async ([otelcol = ""]) => {
    const directory = temporaryDirectory("logbert-alerts-otlp");
    const output = join(directory, "events.jsonl");
    const endpoint = `127.0.0.1:${await freePort()}`;
    const config = join(directory, "collector.yaml");
    writeFileSync(
      config,
      stringify({
        receivers: { otlp: { protocols: { grpc: { endpoint } } } },
        exporters: { file: { path: output, flush_interval: "100ms" } },
        service: {
          pipelines: { logs: { receivers: ["otlp"], exporters: ["file"] } },
          telemetry: { metrics: { level: "none" } },
        },
      }),
    );
    const telling = await createTelling({
      channels: [
        { kind: "otlp", name: "events", endpoint: `http://${endpoint}`, headers: { "x-tenant": "a" } },
      ],
    });
    await telling.start();
    await telling.anomaly(1);
    await waitFor("a failed try", async () => (telling.outcomes.includes("events retry") ? true : undefined));
    const otel = spawn(otelcol, ["--config", config], { stdio: "ignore" });
    try {
      await telling.anomaly(2, { kind: "end t1", traceId: undefined });
      await telling.anomaly(3, { kind: "silence t9", service: "billing" });
      const events = await waitFor("the events", async () => {
        const some = eventsIn(output);
        return some.length >= 4 ? some : undefined;
      });
      const named = events
        .map(({ eventName, service, attributes }) =>
          [
            eventName,
            service,
            attributes.get("logbert.incident.phase") ?? attributes.get("logbert.anomaly.subject"),
          ].join(" "),
        )
        .sort();
      expect(named).toEqual([
        "logbert.anomaly billing silence",
        "logbert.anomaly shop end",
        "logbert.incident billing opened",
        "logbert.incident shop opened",
      ]);
      expect(events.find(({ eventName }) => eventName === "logbert.anomaly")).toMatchObject({
        severityNumber: 17,
        severityText: "ERROR",
        body: { stringValue: "An event that was not expected here." },
      });
      expect(new Set(events.map(({ attributes }) => attributes.get("logbert.alert.key"))).size).toBe(4);
    } finally {
      otel.kill("SIGTERM");
      await once(otel, "exit");
      await telling.close();
    }
  },
);
