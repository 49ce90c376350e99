import { spawn } from "node:child_process";
import { createReadStream, createWriteStream, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { describe, expect } from "vitest";
import { z } from "zod";
import { freePort } from "../helpers/free-port.ts";
import { startLogbert } from "../helpers/logbert-process.ts";
import { collector, testData, testWith } from "../helpers/requirement.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { waitFor } from "../helpers/wait-for.ts";

const shippedConfig = join(import.meta.dirname, "../../otel-collector-config.yaml");

/** One line of the Collector's file exporter: an export request as OTLP/JSON. */
const exportedLine = z.object({
  resourceLogs: z.array(
    z.object({
      scopeLogs: z.array(
        z.object({
          logRecords: z.array(
            z.object({
              body: z.object({ stringValue: z.string() }),
              attributes: z
                .array(z.object({ key: z.string(), value: z.record(z.string(), z.unknown()) }))
                .default([]),
            }),
          ),
        }),
      ),
    }),
  ),
});

describe("a real Collector with logbert in the middle", () => {
  testWith(
    [collector(), testData()],
    "every raw HDFS line arrives exactly once, enriched, and anomalous blocks are flagged",
    async ([otelcol = "", data = ""]) => {
      const directory = temporaryDirectory("logbert-collector");
      const input = join(directory, "hdfs.log");
      const output = join(directory, "scored.jsonl");
      await pipeline(
        createReadStream(join(data, "hdfs/raw_2pct.log.gz")),
        createGunzip(),
        createWriteStream(input),
      );
      const scoredPort = await freePort();
      const logbert = await startLogbert({
        settings: {
          forward: { endpoint: `127.0.0.1:${scoredPort}` },
          window: { type: "session", stream: { by: "pattern", pattern: "blk_-?\\d+" }, idle_ms: 20_000 },
        },
      });
      const otel = spawn(
        otelcol,
        ["--config", shippedConfig, "--feature-gates=stanza.synchronousLogEmitter"],
        {
          env: {
            ...process.env,
            LOGBERT_INPUT: input,
            LOGBERT_OUTPUT: output,
            LOGBERT_SERVICE: "hdfs",
            LOGBERT_ENDPOINT: logbert.grpcEndpoint,
            LOGBERT_SCORED_ENDPOINT: `127.0.0.1:${scoredPort}`,
            LOGBERT_COLLECTOR_STATE: join(directory, "state"),
          },
          stdio: ["ignore", "ignore", "pipe"],
        },
      );
      let otelLog = "";
      otel.stderr.on("data", (chunk: Buffer) => {
        otelLog = (otelLog + chunk.toString("utf8")).slice(-20_000);
      });
      try {
        const expected = await linesOf(input);
        await waitFor(
          "the next hop to acknowledge every line",
          async () => {
            if (otel.exitCode !== null) throw new Error(`the Collector left: ${otelLog}`);
            return (
              (await logbert.metric("logbert_exporter_sent_log_records_total")) >= expected.length ||
              undefined
            );
          },
          480_000,
        );
        const arrived = await waitFor("every line to be written", async () => {
          const records = exportedRecords(output);
          return records.length >= expected.length ? records : undefined;
        });
        expect(countOf(arrived.map(({ body }) => body))).toEqual(countOf(expected));
        const scored = arrived.filter(
          ({ attributes }) => typeof attributes.get("anomaly.score") === "number",
        );
        const templated = arrived.filter(({ attributes }) => attributes.has("log.record.template"));
        expect(templated.length).toBe(arrived.length);
        expect(scored.length).toBeGreaterThan(0.95 * arrived.length);
        const report = blockReport(arrived, readFileSync(join(data, "hdfs/raw_2pct_labels.csv"), "utf8"));
        process.stdout.write(
          `Collector: ${expected.length} lines in, ${arrived.length} out, ${scored.length} scored, ${templated.length} with a template.\n${report.text}\n`,
        );
        expect(report.flaggedAnomalous).toBeGreaterThan(0);
      } finally {
        otel.kill("SIGTERM");
        await logbert.stop();
      }
    },
    600_000,
  );
});

interface ArrivedRecord {
  readonly body: string;
  readonly attributes: ReadonlyMap<string, unknown>;
}

async function linesOf(path: string): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of createInterface({ input: createReadStream(path) })) lines.push(line);
  return lines;
}

function exportedRecords(path: string): ArrivedRecord[] {
  if (!existsSync(path)) return [];
  const text = readFileSync(path, "utf8");
  const complete = text.slice(0, text.lastIndexOf("\n"));
  if (complete === "") return [];
  return complete.split("\n").flatMap((line) =>
    exportedLine.parse(JSON.parse(line)).resourceLogs.flatMap(({ scopeLogs }) =>
      scopeLogs.flatMap(({ logRecords }) =>
        logRecords.map(({ body, attributes }) => ({
          body: body.stringValue,
          attributes: new Map(attributes.map(({ key, value }) => [key, Object.values(value)[0]])),
        })),
      ),
    ),
  );
}

function countOf(lines: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1);
  return counts;
}

/** Which blocks had at least one flagged line, against the published label of each block. */
function blockReport(records: readonly ArrivedRecord[], labels: string) {
  const flagged = new Set(
    records
      .filter(({ attributes }) => attributes.get("anomaly.is_anomaly") === true)
      .map(({ body }) => /blk_-?\d+/.exec(body)?.[0]),
  );
  const rows = labels
    .trim()
    .split("\n")
    .slice(1)
    .map((row) => row.trim().split(","));
  const anomalous = rows.filter(([, label]) => label === "Anomaly").map(([block]) => block);
  const normal = rows.filter(([, label]) => label === "Normal").map(([block]) => block);
  const flaggedAnomalous = anomalous.filter((block) => flagged.has(block)).length;
  const flaggedNormal = normal.filter((block) => flagged.has(block)).length;
  const text = [
    `Blocks with a flagged line: ${flaggedAnomalous} of ${anomalous.length} anomalous, ${flaggedNormal} of ${normal.length} normal.`,
    `First flagged anomalous blocks: ${anomalous
      .filter((block) => flagged.has(block))
      .slice(0, 5)
      .join(", ")}`,
  ].join("\n");
  return { flaggedAnomalous, flaggedNormal, text };
}
