import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { encodeRequest } from "../../processor/wire/encode.ts";
import { decodeStatus } from "../../processor/wire/rpc-status.ts";
import { matchRoute } from "../../ui/paths.ts";
import { type HttpAnswer, type NextHop, startHttpNextHop } from "../edges/next-hop.ts";
import { sendHttp } from "../edges/senders.ts";
import { type LogbertProcess, startLogbert } from "../helpers/logbert-process.ts";
import { isOurAttribute } from "../helpers/remove-attributes.ts";
import { dashboardCheck, testWith } from "../helpers/requirement.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { backendFile, codeOf } from "./documents.ts";
import { dynamicType, otelDocument, ROUTING_KEYS, withPoint } from "./elastic-documents.ts";
import { dashboardQueries, linksOf, mistakesIn, partsOf } from "./grafana.ts";
import { answerAsLoki, type LokiLine, lokiLine, refusal } from "./loki-door.ts";
import { attributeOf, bodyOf, type SentRecord, scoreOf, sentRecords, valueJson } from "./sent-records.ts";
import { ODD_LINE, SHOP_RECORDS, shopRequests } from "./shop-logs.ts";

/*
 * Backends that no test can run: what their documentation says of the records that a real logbert sends, and of its metrics.
 */

const direct = z.object({ forward: z.object({ endpoint: z.string() }) });

let loki: NextHop;
let answer: (body: Uint8Array) => HttpAnswer = answerAsLoki;
let logbert: LogbertProcess;
let sent: readonly SentRecord[] = [];
let metrics = "";

beforeAll(async () => {
  loki = await startHttpNextHop((body, { url }) =>
    url === "/otlp/v1/logs" ? answer(body) : { status: 404 },
  );
  const settings = direct.parse(parse(readFileSync(backendFile("loki-direct.yaml"), "utf8")));
  logbert = await startLogbert({
    settings: { ...settings, detect: { scoring_budget_ms: 60_000 }, canary: { interval_ms: 1_000 } },
    environment: { LOGBERT_LOKI: `http://${loki.address}` },
  });
  for (const body of shopRequests()) expect((await send(body)).status).toBe(200);
  sent = sentRecords(loki.received);
  metrics = await waitFor("canaries to have been tried, normal ones too", async () => {
    const text = await (await fetch(logbert.metricsUrl)).text();
    const isThere = (name: string) => text.includes(`logbert_canary_${name} `);
    return ["recall_ratio", "false_alarm_ratio"].every(isThere) ? text : undefined;
  });
});
afterAll(async () => {
  await logbert.stop();
  await loki.close();
});

const send = (body: Uint8Array) => sendHttp(new URL(logbert.httpUrl).host, body);
const oddOne = (): SentRecord => {
  const found = sent.find((one) => bodyOf(one) === ODD_LINE);
  if (found === undefined) throw new Error("the odd line did not arrive");
  return found;
};
const ourKeys = ({ record }: SentRecord) =>
  record.attributes.map(({ key }) => key).filter((key) => isOurAttribute(key, "anomaly"));

describe("Loki", () => {
  it("takes every record, whose score is structured metadata and no label", () => {
    expect(sent).toHaveLength(SHOP_RECORDS);
    const lines = sent.map(lokiLine);
    for (const { labels } of lines) {
      expect(labels).toEqual({ deployment_environment_name: "production", service_name: "shop" });
    }
    const odd = ({ metadata }: LokiLine) => Number(metadata["anomaly_score"]) > 0.9;
    expect(lines.filter(odd).map(({ line }) => line)).toEqual(
      sent.filter((one) => scoreOf(one) > 0.9).map(bodyOf),
    );
    expect(lokiLine(oddOne()).metadata).toMatchObject({
      anomaly_score: expect.stringMatching(/^0\.9\d+$/),
      anomaly_is_anomaly: "true",
      anomaly_explanation: expect.stringMatching(/./),
      log_record_template: ODD_LINE,
    });
  });

  it("is given at most the seven attributes that the page leaves room for", () => {
    expect(Math.max(...sent.map((one) => ourKeys(one).length))).toBe(7);
  });

  it.each([
    [400, 400],
    [413, 413],
    [429, 503],
    [503, 503],
  ])("its refusal is told to the sender, whatever its content type: %d", async (said, heard) => {
    answer = () => refusal(said, "as Loki says");
    const reply = await send(record({}));
    answer = answerAsLoki;
    expect(reply.status).toBe(heard);
    expect(decodeStatus(reply.body)?.message).toContain("as Loki says");
  });

  it("refuses a record for good that has no room for our attributes", async () => {
    const attributes = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, at) => [`app.key${at}`, "x"]));
    expect((await send(record(attributes(119)))).status).toBe(200);
    expect((await send(record(attributes(126)))).status).toBe(400);
  });

  it("is asked in queries that are LogQL", () => {
    const queries = codeOf("loki.md", "logql");
    expect(queries).toHaveLength(4);
    for (const text of queries) expect(mistakesIn({ language: "loki", text })).toEqual([]);
    expect(mistakesIn({ language: "loki", text: '{service_name="shop"} | anomaly.score > 0.9' })).not.toEqual(
      [],
    );
  });
});

describe("queries of numbers in LogQL", () => {
  const texts = [
    ...codeOf("loki.md", "logql"),
    ...dashboardQueries().flatMap(({ language, text }) => (language === "loki" ? [text] : [])),
  ].filter((text) => text.includes("_over_time("));

  it("name the service where records are read: else each record, by its metadata, is a series of its own", () => {
    expect(texts).toHaveLength(4);
    for (const text of texts) {
      expect(text).toMatch(
        /^sum by \(service_name\) \(count_over_time|^max_over_time.* by \(service_name\)$/,
      );
    }
  });
});

describe("Elasticsearch", () => {
  it("makes this of the odd record", () => {
    const { record: odd } = oddOne();
    const text = otelDocument(oddOne());
    const given = (key: string) => attributeOf(oddOne(), key)?.value;
    const document: unknown = JSON.parse(text);
    expect(document).toEqual({
      "@timestamp": `${odd.timeUnixNano / 1_000_000n}.0`,
      observed_timestamp: "0.0",
      data_stream: { type: "logs", dataset: "generic.otel", namespace: "default" },
      severity_text: "FATAL",
      severity_number: 21,
      attributes: {
        "log.record.template": ODD_LINE,
        "anomaly.score": given("anomaly.score"),
        "anomaly.is_anomaly": true,
        "anomaly.threshold": given("anomaly.threshold"),
        "anomaly.explanation": given("anomaly.explanation"),
        "anomaly.id": given("anomaly.id"),
        "anomaly.model.version": given("anomaly.model.version"),
      },
      resource: { attributes: { "service.name": "shop", "deployment.environment.name": "production" } },
      scope: {},
      body: { text: ODD_LINE },
    });
  });

  it("gives every attribute of ours one type that ranges and filters work on, in every record", () => {
    const types = new Map<string, Set<string>>();
    for (const { record: one } of sent) {
      for (const { key, value } of one.attributes) {
        const type = dynamicType(valueJson(value, withPoint));
        types.set(key, (types.get(key) ?? new Set()).add(type));
      }
    }
    expect(Object.fromEntries([...types].map(([key, found]) => [key, [...found]]))).toEqual({
      "log.record.template": ["keyword"],
      "anomaly.score": ["float"],
      "anomaly.is_anomaly": ["boolean"],
      "anomaly.threshold": ["float"],
      "anomaly.explanation": ["keyword"],
      "anomaly.id": ["keyword"],
      "anomaly.model.version": ["keyword"],
    });
    expect([0, 1, 1e-12, 0.97].map((score) => dynamicType(withPoint(score)))).toEqual(Array(4).fill("float"));
  });

  it("finds no name of ours that is a value and the beginning of another, or that routes the document", () => {
    const keys = ourKeys(oddOne());
    for (const key of keys) expect(keys.filter((other) => other.startsWith(`${key}.`))).toEqual([]);
    expect(keys.filter((key) => ROUTING_KEYS.includes(key))).toEqual([]);
  });
});

describe("the Grafana dashboard", () => {
  testWith([dashboardCheck()], "is one by Grafana's schema", async ([check = ""]) => {
    const { status, stderr } = spawnSync(check, [backendFile("grafana-dashboard.json")], {
      encoding: "utf8",
    });
    expect(stderr).toBe("");
    expect(status).toBe(0);
  });

  it("asks in LogQL and PromQL", () => {
    const queries = dashboardQueries();
    expect(new Set(queries.map(({ language }) => language))).toEqual(new Set(["loki", "prometheus"]));
    for (const query of queries) expect(mistakesIn(query), query.text).toEqual([]);
  });

  it("asks Loki for names that its records have", () => {
    const { labels, metadata } = lokiLine(oddOne());
    const known = new Set([...Object.keys(labels), ...Object.keys(metadata)]);
    const texts = dashboardQueries().filter(({ language }) => language === "loki");
    const asked = texts.flatMap(({ text }) => text.match(/\b(?:service|anomaly|log)_\w+/g) ?? []);
    expect(asked.length).toBeGreaterThan(0);
    for (const name of asked) expect(known).toContain(name);
  });

  it("leads from what was flagged to logbert's page of it", () => {
    const id = attributeOf(oddOne(), "anomaly.id")?.value;
    const [link = ""] = linksOf("What was flagged");
    const url = link.replace("${logbert:raw}", "http://127.0.0.1:4000").replace("${__value.raw}", String(id));
    expect(matchRoute(new URL(url).pathname)).toEqual({ page: "live", anomalyId: id });
  });

  it("asks Prometheus for metrics and labels that a running logbert has", () => {
    const texts = dashboardQueries().filter(({ language }) => language === "prometheus");
    for (const { text } of texts) {
      const [metric = "", ...more] = partsOf(text, ["Identifier"]);
      const samples = [metric, ...more].map((name) =>
        metrics.split("\n").filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`)),
      );
      for (const found of samples) expect(found, text).not.toEqual([]);
      for (const label of partsOf(text, ["LabelName"])) {
        expect(
          samples.flat().some((line) => line.includes(`${label}="`)),
          `${label} in ${text}`,
        ).toBe(true);
      }
    }
  });
});

function record(attributes: Readonly<Record<string, string>>): Uint8Array {
  const one = { timeUnixNano: BigInt(Date.now()) * 1_000_000n, body: "order received id=1", attributes };
  return encodeRequest([{ attributes: { "service.name": "shop" }, records: [one] }]);
}
