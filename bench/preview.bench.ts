import { performance } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { markdownTable } from "../cli/evaluate/report/markdown-table.ts";
import { type ApiUnderTest, startApiUnderTest } from "../test/api/start-api.ts";
import { fillStore } from "./api/fill-store.ts";
import { figure, quantile } from "./stage/statistics.ts";

/**
 * What the API's answers cost over a long past: 30 days of scores by the minute, a million records of a service, thousands of
 * anomalies, hundreds of labels. Asked over HTTP, one request after the other, from the API's own process; once of a store that has
 * one service, once of one with 20 others beside it. `--quick` only shows that the benchmark still runs.
 */
const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    days: { type: "string", default: "30" },
    records: { type: "string", default: "1000000" },
    requests: { type: "string", default: "200" },
    others: { type: "string", default: "20" },
  },
});
const DAYS = values.quick ? 8 : Number(values.days);
const RECORDS = values.quick ? 1_000 : Number(values.records);
const REQUESTS = values.quick ? 2 : Number(values.requests);
const OTHERS = values.quick ? 1 : Number(values.others);
const ANOMALIES = values.quick ? 100 : 2_000;
const LABELS = values.quick ? 15 : 300;
const WARM_UP = values.quick ? 1 : 20;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

interface Question {
  readonly name: string;
  readonly goalMs: number;
  /** @param turn how often it was asked before */
  ask(turn: number, nowMs: number): { readonly query: string; readonly variables: object };
}

const ANOMALY =
  "id time service severity body template score threshold explanation { summary } feedback { isTrueAnomaly }";
const QUESTIONS: readonly Question[] = [
  {
    name: `thresholdPreview, ${DAYS} days, with missed`,
    goalMs: 100,
    ask: (turn, nowMs) => ({
      query: `query ($value: Float!, $from: DateTime, $to: DateTime) {
        thresholdPreview(service: "shop", value: $value, from: $from, to: $to) {
          alerts alertsPerDay precision recall missed { ${ANOMALY} } } }`,
      variables: { value: 0.9 + ((turn * 7) % 100) / 1_000, ...since(nowMs, DAYS * DAY_MS) },
    }),
  },
  {
    name: `scoreDistribution, ${DAYS} days`,
    goalMs: 100,
    ask: (_, nowMs) => ({
      query: `query ($from: DateTime, $to: DateTime) { scoreDistribution(service: "shop", from: $from, to: $to) {
        counts records days labels { anomalyId score isTrueAnomaly } } }`,
      variables: since(nowMs, DAYS * DAY_MS),
    }),
  },
  {
    name: "services, each with 24 hours of scores",
    goalMs: 300,
    ask: (_, nowMs) => ({
      query: `query ($from: DateTime!, $to: DateTime!) { services { name records anomalies threshold { value mode }
        scores(from: $from, to: $to, buckets: 24) { records anomalies maxScore } } }`,
      variables: since(nextHour(nowMs), DAY_MS),
    }),
  },
  {
    name: "scoreSeries of one service, 7 days by the hour",
    goalMs: 300,
    ask: (_, nowMs) => ({
      query: `query ($from: DateTime!, $to: DateTime!) { scoreSeries(service: "shop", from: $from, to: $to, buckets: 168) {
        from records anomalies maxScore meanScore } }`,
      variables: since(nextHour(nowMs), 7 * DAY_MS),
    }),
  },
  {
    name: "scoreSeries of all services, 7 days by the hour",
    goalMs: 300,
    ask: (_, nowMs) => ({
      query: `query ($from: DateTime!, $to: DateTime!) { scoreSeries(from: $from, to: $to, buckets: 168) {
        from records anomalies maxScore meanScore } }`,
      variables: since(nextHour(nowMs), 7 * DAY_MS),
    }),
  },
  {
    name: "scoreSeries of one service, 7 days in 60 parts",
    goalMs: 300,
    ask: (_, nowMs) => ({
      query: `query ($from: DateTime!, $to: DateTime!) { scoreSeries(service: "shop", from: $from, to: $to) {
        from records anomalies maxScore meanScore } }`,
      variables: since(nowMs, 7 * DAY_MS),
    }),
  },
  {
    name: "labellingQueue, 20 items",
    goalMs: 300,
    ask: () => ({
      query: `{ labellingQueue { items { value similar anomaly { ${ANOMALY} } } progress { confirmed expected unlabelled } } }`,
      variables: {},
    }),
  },
  {
    name: "incidents, a page of 50",
    goalMs: 300,
    ask: () => ({
      query: `{ incidents { nodes { id service startedAt lastAt anomalies maxScore severity templates { template anomalies }
        strongest { ${ANOMALY} } feedback { isTrueAnomaly } } pageInfo { endCursor } } }`,
      variables: {},
    }),
  },
  {
    name: "incidents nobody has judged, a page of 50",
    goalMs: 300,
    ask: () => ({
      query:
        "{ incidents(filter: { verdict: UNLABELLED }) { nodes { id strongest { body } } pageInfo { endCursor } } }",
      variables: {},
    }),
  },
];

const alone = await measure(["shop"]);
const among = await measure(["shop", ...Array.from({ length: OTHERS }, (_, i) => `service-${i}`)]);
console.log(
  `${DAYS} days, ${RECORDS} records of each service, ${ANOMALIES} anomalies and ${LABELS} labels of one; ${REQUESTS} requests each, ms over HTTP:\n`,
);
console.log(
  markdownTable(
    ["question", "goal", "p50, 1 service", "p99", `p50, ${OTHERS + 1} services`, "p99"],
    QUESTIONS.map(({ name, goalMs }) => [
      name,
      `< ${goalMs}`,
      ...cells(alone.get(name)),
      ...cells(among.get(name)),
    ]),
  ),
);

async function measure(services: readonly string[]): Promise<ReadonlyMap<string, readonly number[]>> {
  const nowMs = Date.now();
  const under = await startApiUnderTest();
  await fillStore(under.stage, {
    services,
    days: DAYS,
    records: RECORDS,
    anomalies: ANOMALIES,
    labels: LABELS,
    endMs: nowMs,
  });
  const latencies = new Map<string, number[]>();
  for (let turn = -WARM_UP; turn < REQUESTS; turn += 1)
    for (const question of QUESTIONS) {
      const tookMs = await time(under, question, turn + WARM_UP, nowMs);
      if (turn >= 0) latencies.set(question.name, [...(latencies.get(question.name) ?? []), tookMs]);
    }
  await under.close();
  return latencies;
}

/** Fails when it is not answered. */
async function time(
  under: ApiUnderTest,
  { name, ask }: Question,
  turn: number,
  nowMs: number,
): Promise<number> {
  const { query, variables } = ask(turn, nowMs);
  const startedAt = performance.now();
  const { errors } = await under.ask(query, variables);
  if (errors !== undefined) throw new Error(`${name}: ${JSON.stringify(errors)}`);
  return performance.now() - startedAt;
}

function since(toMs: number, lengthMs: number): { readonly from: string; readonly to: string } {
  return { from: new Date(toMs - lengthMs).toISOString(), to: new Date(toMs).toISOString() };
}

function nextHour(atMs: number): number {
  return Math.ceil(atMs / HOUR_MS) * HOUR_MS;
}

function cells(latencies: readonly number[] = []): readonly string[] {
  const sorted = latencies.toSorted((a, b) => a - b);
  return [figure(quantile(sorted, 0.5)), figure(quantile(sorted, 0.99))];
}
