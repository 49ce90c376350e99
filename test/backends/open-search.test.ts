import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect } from "vitest";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { encodeRequest } from "../../processor/wire/encode.ts";
import { startHttpNextHop } from "../edges/next-hop.ts";
import { sendHttp } from "../edges/senders.ts";
import { freePort } from "../helpers/free-port.ts";
import { startLogbert } from "../helpers/logbert-process.ts";
import { collector, openSearch, testWith } from "../helpers/requirement.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { startCollector } from "../pipelines/collector-process.ts";
import { argumentsOf } from "../pipelines/pipeline.ts";
import { backendFile, codeOf } from "./documents.ts";
import { SS4O_INDEX, ss4oDocument } from "./open-search-documents.ts";
import { type OpenSearchProcess, startOpenSearch } from "./open-search-process.ts";
import { readSavedSearch } from "./saved-objects.ts";
import { attributeOf, bodyOf, type SentRecord, scoreOf, sentRecords } from "./sent-records.ts";
import { ODD_LINE, SHOP_RECORDS, shopRequests } from "./shop-logs.ts";

const [lucene = ""] = codeOf("opensearch.md", "lucene");
const [odd = "", byService = ""] = codeOf("opensearch.md", "json");
const template = readFileSync(backendFile("opensearch-template.json"), "utf8");

let node: Promise<OpenSearchProcess> | undefined;
afterAll(async () => (await node)?.stop());
function sharedNode(jars: string): Promise<OpenSearchProcess> {
  node ??= startOpenSearch(jars);
  return node;
}

const bulkAnswer = z.object({ errors: z.literal(false) });
const found = z.object({
  hits: z.object({
    hits: z.array(z.object({ _source: z.object({ body: z.string() }).loose() })),
    total: z.object({ value: z.number() }),
  }),
});
const counted = z.object({
  aggregations: z.object({
    services: z.object({ buckets: z.array(z.object({ key: z.string(), doc_count: z.number() }).loose()) }),
  }),
});

const mapped = z.object({ fields: z.record(z.string(), z.unknown()) });

/** As the exporter does: `create`, in the order of the records. */
async function store(
  server: OpenSearchProcess,
  index: string,
  records: readonly SentRecord[],
): Promise<void> {
  const lines = records.flatMap((sent) => ['{"create":{}}', ss4oDocument(sent)]);
  bulkAnswer.parse(await server.ask("POST", `/${index}/_bulk?refresh=true`, `${lines.join("\n")}\n`));
}

/** Bodies of what a query finds. */
async function search(server: OpenSearchProcess, index: string, query: object): Promise<string[]> {
  const body = JSON.stringify({ size: 5_000, ...query });
  const { hits } = found.parse(await server.ask("POST", `/${index}/_search`, body));
  expect(hits.hits).toHaveLength(hits.total.value);
  return hits.hits.map(({ _source }) => _source.body).toSorted();
}

const byQueryString = (query: string) => ({ query: { query_string: { query } } });
const json = z.looseObject({});
const parsed = (text: string) => json.parse(JSON.parse(text));

/** What a real logbert sends on of a shop's logs. */
async function shopRecords(): Promise<SentRecord[]> {
  const hop = await startHttpNextHop(() => ({ status: 200 }));
  const logbert = await startLogbert({
    settings: {
      detect: { scoring_budget_ms: 60_000 },
      forward: { endpoint: `http://${hop.address}/v1/logs` },
    },
  });
  for (const body of shopRequests()) expect((await sendHttp(hostOf(logbert.httpUrl), body)).status).toBe(200);
  await logbert.stop();
  await hop.close();
  return sentRecords(hop.received);
}

const hostOf = (url: string) => new URL(url).host;

const recipeFile = z.object({
  processors: z.record(z.string(), z.unknown()),
  exporters: z.object({ opensearch: z.object({ sending_queue: z.unknown() }) }),
  service: z.object({ pipelines: z.object({ "logs/back": z.record(z.string(), z.unknown()) }) }),
});

/** opensearch.yaml with another exporter in the place of the one that cannot be had. */
function withAnotherExporter(endpoint: string): string {
  const { processors, exporters, service } = recipeFile.parse(
    parse(readFileSync(backendFile("opensearch.yaml"), "utf8")),
  );
  const { sending_queue } = exporters.opensearch;
  const back = { ...service.pipelines["logs/back"], exporters: ["otlp_http/opensearch"] };
  return stringify({
    processors,
    exporters: { "otlp_http/opensearch": { endpoint, compression: "none", sending_queue } },
    service: { pipelines: { "logs/back": back } },
  });
}

/** What arrives of a request behind a real logbert and a real Collector with opensearch.yaml, but for its exporter. */
async function throughCollector(otelcol: string, request: Uint8Array, count: number): Promise<SentRecord[]> {
  const hop = await startHttpNextHop(() => ({ status: 200 }));
  const directory = temporaryDirectory("opensearch-recipe");
  const config = join(directory, "opensearch.yaml");
  writeFileSync(config, withAnotherExporter(`http://${hop.address}`));
  const scored = `127.0.0.1:${await freePort()}`;
  const running = await startCollector({
    binary: otelcol,
    arguments: [...argumentsOf("files"), "--config", config],
    health: `127.0.0.1:${await freePort()}`,
    environment: {
      LOGBERT_SCORED_ENDPOINT: scored,
      LOGBERT_COLLECTOR_STATE: join(directory, "state"),
      LOGBERT_INPUT_DIRECTORY: directory,
    },
  });
  const logbert = await startLogbert({
    settings: { detect: { scoring_budget_ms: 60_000 }, forward: { endpoint: scored } },
  });
  expect((await sendHttp(hostOf(logbert.httpUrl), request)).status).toBe(200);
  const sent = await waitFor(`${count} records behind the Collector`, () => {
    const records = sentRecords(hop.received);
    return records.length >= count ? records : undefined;
  });
  await logbert.stop();
  await running.stop();
  await hop.close();
  return sent;
}

function scored(...scores: number[]): SentRecord[] {
  const records = scores.map((score) => ({
    timeUnixNano: BigInt(Date.now()) * 1_000_000n,
    body: `scored ${score}`,
    attributes: { "anomaly.score": score },
  }));
  return sentRecords([encodeRequest([{ attributes: { "service.name": "shop" }, records }])]);
}

describe("OpenSearch", () => {
  testWith([openSearch()], "finds the odd ones of what logbert sends", async ([jars = ""]) => {
    const [server, sent] = await Promise.all([sharedNode(jars), shopRecords()]);
    await server.ask("PUT", "/_index_template/logbert", template);
    expect(sent).toHaveLength(SHOP_RECORDS);
    await store(server, SS4O_INDEX, sent);

    const high = sent.filter((one) => scoreOf(one) > 0.9).map(bodyOf);
    expect(high).toContain(ODD_LINE);
    expect(await search(server, SS4O_INDEX, byQueryString(lucene))).toEqual(high.toSorted());
    expect(await search(server, SS4O_INDEX, parsed(odd))).toEqual(high.toSorted());

    const [pattern, { attributes: saved }] = readSavedSearch("opensearch-saved-search.ndjson");
    const { query } = saved.kibanaSavedObjectMeta.searchSourceJSON;
    const everywhere = encodeURIComponent(pattern.attributes.title);
    expect(await search(server, everywhere, byQueryString(query.query))).toEqual(high.toSorted());
    const known = mapped.parse(await server.ask("GET", `/${SS4O_INDEX}/_field_caps?fields=*`)).fields;
    for (const column of saved.columns) expect(known).toHaveProperty([column]);

    const anomalies = sent.filter((one) => attributeOf(one, "anomaly.is_anomaly")?.value === true);
    const answer = await server.ask("POST", `/${SS4O_INDEX}/_search`, byService);
    expect(counted.parse(answer).aggregations.services.buckets).toMatchObject([
      { key: "shop", doc_count: anomalies.length },
    ]);
  });

  testWith(
    [collector(), openSearch()],
    "takes records without a time, and whose own attributes stand where logbert's names begin",
    async ([otelcol = "", jars = ""]) => {
      const one = { timeUnixNano: BigInt(Date.now()) * 1_000_000n, severityNumber: 9 };
      const records = [
        { ...one, body: "both", attributes: { log: "GET /", anomaly: true } },
        { timeUnixNano: 0n, observedTimeUnixNano: one.timeUnixNano, body: "none", attributes: {} },
      ];
      const request = encodeRequest([{ attributes: { "service.name": "shop" }, records }]);
      const sent = await throughCollector(otelcol, request, records.length);
      const [both, none] = sent;
      if (both === undefined || none === undefined) throw new Error("not all arrived");
      expect(attributeOf(both, "log.text")?.value).toBe("GET /");
      expect(attributeOf(both, "anomaly.text")?.value).toBe(true);
      for (const key of ["log.text", "anomaly.text"]) expect(attributeOf(none, key)).toBeUndefined();
      expect(none.record.timeUnixNano).toBe(one.timeUnixNano);

      const server = await sharedNode(jars);
      await server.ask("PUT", "/_index_template/logbert", template);
      await store(server, "ss4o_logs-own-attributes", sent);
      const unchanged = JSON.stringify({ log: "GET /", "log.record.template": "GET <*>" });
      const refused = server.ask(
        "POST",
        "/ss4o_logs-own-attributes/_doc",
        `{"@timestamp":"2026-01-01T00:00:00Z","attributes":${unchanged}}`,
      );
      await expect(refused).rejects.toThrow("tried to parse field [log] as object");
    },
  );

  testWith(
    [openSearch()],
    "compares scores as numbers, also where whole ones come first",
    async ([jars = ""]) => {
      const server = await sharedNode(jars);
      await server.ask("PUT", "/_index_template/logbert", template);
      const index = "ss4o_logs-whole-first";
      for (const one of scored(1, 0, 0.97, 0.9, 0.000_012, 1e-12)) await store(server, index, [one]);
      expect(await search(server, index, byQueryString(lucene))).toEqual(["scored 0.97", "scored 1"]);
    },
  );

  testWith([openSearch()], "misses some without the template: why the page wants it", async ([jars = ""]) => {
    const server = await sharedNode(jars);
    const index = "without-a-template";
    for (const one of scored(1, 0.97)) await store(server, index, [one]);
    expect(await search(server, index, byQueryString(lucene))).toEqual(["scored 1"]);
  });

  testWith(
    [openSearch()],
    "compares texts in a flat_object, which the template prevents",
    async ([jars = ""]) => {
      const server = await sharedNode(jars);
      const index = "flat";
      const mappings = { properties: { attributes: { type: "flat_object" } } };
      await server.ask("PUT", `/${index}`, JSON.stringify({ mappings }));
      await store(server, index, scored(0.97, 0.1, 0.000_000_95));
      expect(await search(server, index, byQueryString(lucene))).toEqual(["scored 0.97", "scored 9.5e-7"]);
    },
  );
});
