import { readFileSync } from "node:fs";
import { afterAll, describe, expect } from "vitest";
import { z } from "zod";
import { encodeRequest } from "../../processor/wire/encode.ts";
import { startHttpNextHop } from "../edges/next-hop.ts";
import { sendHttp } from "../edges/senders.ts";
import { startLogbert } from "../helpers/logbert-process.ts";
import { openSearch, testWith } from "../helpers/requirement.ts";
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
