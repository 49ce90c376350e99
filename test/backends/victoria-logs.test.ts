import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, describe, expect } from "vitest";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { encodeRequest, type NewRecord } from "../../processor/wire/encode.ts";
import { startHttpNextHop } from "../edges/next-hop.ts";
import { sendHttp } from "../edges/senders.ts";
import { startLogbert } from "../helpers/logbert-process.ts";
import { collector, testWith, victoriaLogs } from "../helpers/requirement.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { argumentsOf, sharedStage } from "../pipelines/pipeline.ts";
import { backendFile, codeOf } from "./documents.ts";
import { answerAsLoki } from "./loki-door.ts";
import { bodyOf, sentRecords } from "./sent-records.ts";
import { ODD_LINE, SHOP_RECORDS, shopRequests, usualLines } from "./shop-logs.ts";
import { startVictoriaLogs, type VictoriaLogsProcess } from "./victoria-logs-process.ts";

const stage = sharedStage();
const [odd = "", flagged = "", byService = ""] = codeOf("victorialogs.md", "logsql");

const running: VictoriaLogsProcess[] = [];
afterAll(async () => {
  for (const one of running) await one.stop();
});
async function started(binary: string): Promise<VictoriaLogsProcess> {
  const one = await startVictoriaLogs(binary);
  running.push(one);
  return one;
}

/** All entries, once so many are there. */
function arrived(server: VictoriaLogsProcess, count: number) {
  return waitFor(`${count} entries`, async () => {
    const entries = await server.query("*");
    return entries.length >= count ? entries : undefined;
  });
}

const messages = (entries: readonly Readonly<Record<string, string>>[]) =>
  entries.map((entry) => entry["_msg"] ?? "").toSorted();

const direct = z.object({
  forward: z.object({ endpoint: z.string(), headers: z.record(z.string(), z.string()) }),
});

describe("VictoriaLogs", () => {
  testWith(
    [victoriaLogs()],
    "takes records from logbert itself, and finds the odd ones",
    async ([binary = ""]) => {
      const server = await started(binary);
      const settings = direct.parse(parse(readFileSync(backendFile("victorialogs-direct.yaml"), "utf8")));
      const logbert = await startLogbert({
        settings: { ...settings, detect: { scoring_budget_ms: 60_000 } },
        environment: { LOGBERT_VICTORIALOGS: server.url },
      });
      for (const body of shopRequests()) {
        expect((await sendHttp(new URL(logbert.httpUrl).host, body)).status).toBe(200);
      }
      await logbert.stop();
      const entries = await arrived(server, SHOP_RECORDS);
      expect(messages(entries)).toEqual([...usualLines(), ODD_LINE].toSorted());
      expect(new Set(entries.map(({ _stream }) => _stream))).toEqual(new Set(['{service.name="shop"}']));

      const high = entries.filter((entry) => Number(entry["anomaly.score"]) > 0.9);
      expect(messages(high)).toContain(ODD_LINE);
      expect(high.length).toBeLessThan(SHOP_RECORDS / 10);
      expect(messages(await server.query(odd))).toEqual(messages(high));

      const anomalies = entries.filter((entry) => entry["anomaly.is_anomaly"] === "true");
      const shown = await server.query(flagged);
      expect(messages(shown)).toEqual(messages(anomalies));
      for (const entry of shown) {
        expect(Object.keys(entry).toSorted()).toEqual(
          ["_msg", "_time", "anomaly.explanation", "anomaly.score", "service.name"].toSorted(),
        );
      }
      expect(await server.query(byService)).toMatchObject([
        { "service.name": "shop", anomalies: String(anomalies.length) },
      ]);
    },
  );

  testWith(
    [collector(), victoriaLogs()],
    "takes them from the Collector, behind the configuration of a source, as what answers like Loki does",
    async ([otelcol = "", binary = ""]) => {
      const server = await started(binary);
      const loki = await startHttpNextHop((body) => answerAsLoki(gunzipSync(body)));
      const logs = temporaryDirectory("shop-logs");
      const stamp = new Date().toISOString().replace("T", " ").replace(".", ",").slice(0, 23);
      const written = [...usualLines().map((line) => `INFO ${line}`), `FATAL ${ODD_LINE}`];
      writeFileSync(join(logs, "shop.log"), written.map((line) => `${stamp} ${line}\n`).join(""));
      // The file says what went to the others.
      const tee = join(logs, "tee.yaml");
      const back = { exporters: ["otlp_http/victorialogs", "otlp_http/loki", "file"] };
      writeFileSync(tee, stringify({ service: { pipelines: { "logs/back": back } } }));
      const behind = [backendFile("victorialogs.yaml"), backendFile("loki.yaml"), tee];
      const commandLine = [...argumentsOf("files"), ...behind.flatMap((config) => ["--config", config])];
      const running = await (await stage()).run("victorialogs", otelcol, commandLine, {
        LOGBERT_INPUT_DIRECTORY: logs,
        LOGBERT_VICTORIALOGS: server.url,
        LOGBERT_LOKI: `http://${loki.address}`,
      });
      const sent = await running.arrived(SHOP_RECORDS);
      const entries = await arrived(server, SHOP_RECORDS);
      await running.stop();
      await loki.close();
      const bodies = sent.map(({ body }) => String(body)).toSorted();
      expect(messages(entries)).toEqual(bodies);
      expect(
        sentRecords(loki.received.map((body) => gunzipSync(body)))
          .map(bodyOf)
          .toSorted(),
      ).toEqual(bodies);
      const high = sent.filter(({ attributes }) => Number(attributes["anomaly.score"]) > 0.9);
      expect(high.map(({ body }) => String(body))).toContain(`${stamp} FATAL ${ODD_LINE}`);
      expect(messages(await server.query(odd))).toEqual(high.map(({ body }) => String(body)).toSorted());
    },
  );

  testWith([victoriaLogs()], "compares scores as numbers", async ([binary = ""]) => {
    const server = await started(binary);
    const scores = [1, 0, 0.9, 0.900_000_1, 0.000_012, 1e-12];
    const records = scores.map((score) => ({
      timeUnixNano: BigInt(Date.now()) * 1_000_000n,
      body: `scored ${score}`,
      attributes: { "anomaly.score": score },
    }));
    await insert(server, records);
    await arrived(server, scores.length);
    expect(messages(await server.query(odd))).toEqual(["scored 0.9000001", "scored 1"]);
  });

  testWith(
    [victoriaLogs()],
    "says that it took what is too old and too long, and drops it",
    async ([binary = ""]) => {
      const server = await started(binary);
      const now = BigInt(Date.now()) * 1_000_000n;
      await insert(server, [
        { timeUnixNano: BigInt(Date.UTC(2020, 0)) * 1_000_000n, body: "old" },
        { timeUnixNano: now, body: "x".repeat(2 * 1024 * 1024) },
        { timeUnixNano: now, body: "y".repeat(1024 * 1024) },
      ]);
      const [kept, ...others] = await arrived(server, 1);
      expect(kept?.["_msg"]).toMatch(/^y+$/);
      expect(others).toEqual([]);
      const metrics = await (await fetch(`${server.url}/metrics`)).text();
      expect(metrics).toContain('vl_rows_dropped_total{reason="too_small_timestamp"} 1\n');
    },
  );
});

/** As an OTLP sender does; it must answer that it took them. */
async function insert(server: VictoriaLogsProcess, records: readonly NewRecord[]): Promise<void> {
  const body = encodeRequest([{ attributes: { "service.name": "shop" }, records }]);
  const path = "/insert/opentelemetry/v1/logs";
  expect((await sendHttp(new URL(server.url).host, body, {}, { path })).status).toBe(200);
}
