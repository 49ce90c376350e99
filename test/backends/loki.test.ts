import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { encodeRequest } from "../../processor/wire/encode.ts";
import { sendHttp } from "../edges/senders.ts";
import { type LogbertProcess, startLogbert } from "../helpers/logbert-process.ts";
import { backendFile, codeOf } from "./documents.ts";
import { type FoundLine, type LokiProcess, startLoki } from "./loki-process.ts";
import { ODD_LINE, SHOP_RECORDS, shopRequests } from "./shop-logs.ts";

/** The program; its licence keeps it out of what the tests build, so whoever has one names it. */
const binary = process.env["LOKI_BIN"];

const direct = z.object({ forward: z.object({ endpoint: z.string() }) });
const [odd = "", flagged = "", highest = "", byService = ""] = codeOf("loki.md", "logql");

const scoreOf = ({ labels }: FoundLine) => Number(labels["anomaly_score"]);
const texts = (lines: readonly FoundLine[]) => lines.map(({ line }) => line).toSorted();

describe.runIf(binary !== undefined)("a real Loki, by logbert itself", () => {
  let loki: LokiProcess;
  let logbert: LogbertProcess;

  beforeAll(async () => {
    loki = await startLoki(binary ?? "");
    const settings = direct.parse(parse(readFileSync(backendFile("loki-direct.yaml"), "utf8")));
    logbert = await startLogbert({
      settings: { ...settings, detect: { scoring_budget_ms: 60_000 } },
      environment: { LOGBERT_LOKI: loki.url },
    });
  });
  afterAll(async () => {
    await logbert.stop();
    await loki.stop();
  });
  const send = (body: Uint8Array) => sendHttp(new URL(logbert.httpUrl).host, body);

  it("finds by the page's queries what logbert found", async () => {
    for (const body of shopRequests()) expect((await send(body)).status).toBe(200);
    const all = await loki.lines('{service_name="shop"}');
    expect(all).toHaveLength(SHOP_RECORDS);

    const high = all.filter((one) => scoreOf(one) > 0.9);
    expect(texts(high)).toContain(ODD_LINE);
    expect(texts(await loki.lines(odd))).toEqual(texts(high));

    const anomalies = all.filter(({ labels }) => labels["anomaly_is_anomaly"] === "true");
    const told = anomalies.map(
      ({ labels, line }) => `${labels["anomaly_score"]} ${labels["anomaly_explanation"]}: ${line}`,
    );
    expect(texts(await loki.lines(flagged))).toEqual(told.toSorted());
    expect(await loki.numbers(highest)).toEqual({ shop: Math.max(...all.map(scoreOf)) });
    expect(await loki.numbers(byService)).toEqual({ shop: anomalies.length });
  });

  it("refuses what is beyond its limits, and keeps what stands beside it", async () => {
    const now = BigInt(Date.now()) * 1_000_000n;
    const many = Object.fromEntries(Array.from({ length: 126 }, (_, at) => [`app.key${at}`, "x"]));
    const beyond = [
      { timeUnixNano: now, body: "many", attributes: many },
      { timeUnixNano: now, body: "l".repeat(262_145) },
      { timeUnixNano: now - 8n * 86_400n * 1_000_000_000n, body: "old" },
    ];
    for (const [at, record] of beyond.entries()) {
      const records = [record, { timeUnixNano: now, body: `beside ${at}` }];
      const request = encodeRequest([{ attributes: { "service.name": "limits" }, records }]);
      expect((await send(request)).status).toBe(400);
    }
    const kept = texts(await loki.lines('{service_name="limits"}'));
    expect(kept).toEqual(["beside 0", "beside 1", "beside 2"]);
  });
});
