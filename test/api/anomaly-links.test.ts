import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { configSchema } from "../../cli/config.ts";
import { anAnomaly, idOf } from "../store-contract/an-anomaly.ts";
import { type ApiUnderTest, SHOP, startApiUnderTest } from "./start-api.ts";

let under: ApiUnderTest | undefined;
afterEach(() => under?.close());

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const linksOf = z.object({
  anomaly: z.object({ links: z.array(z.object({ name: z.string(), url: z.string() })) }),
});

/** The links of an anomaly that has a trace, by name. */
async function linked(links: ApiUnderTest, index = 1): Promise<ReadonlyMap<string, string>> {
  const { data } = await links.ask("query ($id: ID!) { anomaly(id: $id) { links { name url } } }", {
    id: idOf(index),
  });
  return new Map(linksOf.parse(data).anomaly.links.map(({ name, url }) => [name, url]));
}

it("has no links where none are configured", async () => {
  under = await startApiUnderTest();
  await under.stage.saveBatch({ ...SHOP, anomalies: [anAnomaly(1)] });
  expect(await linked(under)).toEqual(new Map());
});

it("links as the examples of the documentation say, which are a valid configuration", async () => {
  const page = readFileSync(join(import.meta.dirname, "../../docs/operating.md"), "utf8");
  const section = page.slice(page.indexOf("## Links to other tools"));
  const yaml = /```yaml\n(.*?)```/s.exec(section)?.[1] ?? "";
  const { links } = configSchema.parse(parse(yaml)).api;
  under = await startApiUnderTest({ links });
  const timeMs = Date.UTC(2026, 10, 29, 12);
  const window = [
    { timeMs: timeMs - 60_000, template: "a", severityNumber: 9, isSubject: false },
    { timeMs, template: "b", severityNumber: 9, isSubject: true },
  ];
  const anomaly = { service: "check out", timeMs, window };
  await under.stage.saveBatch({
    ...SHOP,
    anomalies: [
      anAnomaly(1, { ...anomaly, traceId: TRACE }),
      anAnomaly(2, { ...anomaly, traceId: undefined }),
    ],
  });
  const urls = await linked(under);
  const range = { from: String(timeMs - 360_000), to: String(timeMs + 300_000) };
  expect(panesOf(urls.get("Logs in Grafana"))).toMatchObject({
    logs: { range, queries: [{ expr: '{service_name="check out"}' }] },
  });
  expect(panesOf(urls.get("Trace in Tempo"))).toMatchObject({
    trace: { range, queries: [{ query: TRACE }] },
  });
  expect(decodeURIComponent(urls.get("Logs in Kibana") ?? "")).toContain(
    "time:(from:'2026-11-29T11:54:00.000Z',to:'2026-11-29T12:05:00.000Z'))&_a=(query:(language:kuery,query:'service.name:\"check out\"'))",
  );
  expect(urls.get("Trace in Jaeger")).toBe(`https://jaeger.example/trace/${TRACE}`);
  expect([...(await linked(under, 2)).keys()]).toEqual(["Logs in Grafana", "Logs in Kibana"]);
});

function panesOf(url = ""): unknown {
  return JSON.parse(new URL(url).searchParams.get("panes") ?? "");
}
