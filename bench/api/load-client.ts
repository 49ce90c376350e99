import { once } from "node:events";
import { type Client, createClient } from "graphql-ws";
import WebSocket from "ws";
import { serveCalls } from "../stage/child.ts";
import { type LoadAnswer, type LoadCall, loadCall } from "./load-call.ts";

/** A client that follows everything and asks heavy questions without a pause, in a process of its own. */
const SUBSCRIPTIONS_EACH = 25;
/** The API takes 20 on a connection. */
const SUBSCRIPTIONS_PER_CONNECTION = 20;
const QUERY_LOOPS = 2;
const DAY_MS = 86_400_000;

const ANOMALY = "id time service severity body template score threshold";
const SUBSCRIPTIONS = [
  ...new Array<string>(SUBSCRIPTIONS_EACH).fill(
    `subscription { anomalyDetected { ${ANOMALY} explanation { summary } } }`,
  ),
  ...new Array<string>(SUBSCRIPTIONS_EACH).fill(
    "subscription { records { time service severity body template score isAnomaly } }",
  ),
];
const QUERIES = [
  `{ anomalies(first: 500) { totalCount nodes { ${ANOMALY} window { time template isSubject } feedback { id isTrueAnomaly } } } }`,
  `{ anomalies(first: 500, filter: { text: "connection to <IP> was refused" }) { totalCount nodes { ${ANOMALY} } } }`,
  `query ($from: DateTime!, $to: DateTime!) { thresholdPreview(service: "shop", value: 0.97, from: $from, to: $to) {
    alerts precision recall missed { ${ANOMALY} } } }`,
  `query ($from: DateTime!, $to: DateTime!) { scoreSeries(from: $from, to: $to, buckets: 30) { records anomalies maxScore } }`,
  `{ labellingQueue(first: 100) { items { value similar anomaly { ${ANOMALY} window { template } } } progress { unlabelled } } }`,
];

let run: { readonly seen: LoadAnswer; stop(): Promise<void> } | undefined;

serveCalls<LoadCall>(loadCall, async (call) => {
  if (call.kind === "start") {
    run = await start(call.url);
    return run.seen;
  }
  await run?.stop();
  return run?.seen ?? { anomalies: 0, records: 0, queries: 0, failures: 0 };
});

async function start(url: string) {
  const seen = { anomalies: 0, records: 0, queries: 0, failures: 0 };
  const ending = new AbortController();
  const clients = await subscribe(url, seen);
  const begun = Promise.withResolvers<void>();
  const loops = Array.from({ length: QUERY_LOOPS }, (_, loop) =>
    askOn(url, seen, ending.signal, loop, () => begun.resolve()),
  );
  await begun.promise;
  return {
    seen,
    async stop() {
      ending.abort();
      await Promise.all(loops);
      for (const client of clients) client.terminate();
    },
  };
}

/** Resolves when every connection stands. */
async function subscribe(url: string, seen: { anomalies: number; records: number; failures: number }) {
  const clients: Client[] = [];
  const opened: Promise<unknown>[] = [];
  for (let from = 0; from < SUBSCRIPTIONS.length; from += SUBSCRIPTIONS_PER_CONNECTION) {
    const open = new EventTarget();
    opened.push(once(open, "open"));
    const client = createClient({
      url: `${url.replace(/^http/, "ws")}/graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      on: { connected: () => open.dispatchEvent(new Event("open")) },
    });
    clients.push(client);
    for (const query of SUBSCRIPTIONS.slice(from, from + SUBSCRIPTIONS_PER_CONNECTION))
      client.subscribe(
        { query },
        {
          next: ({ data }) => {
            if (data?.["records"] === undefined) seen.anomalies += 1;
            else seen.records += 1;
          },
          error: () => {
            seen.failures += 1;
          },
          complete: () => undefined,
        },
      );
  }
  await Promise.all(opened);
  return clients;
}

async function askOn(
  url: string,
  seen: { queries: number; failures: number },
  signal: AbortSignal,
  first: number,
  onAnswer: () => void,
): Promise<void> {
  for (let turn = first; !signal.aborted; turn += 1) {
    const to = Date.now();
    const variables = { from: new Date(to - 30 * DAY_MS).toISOString(), to: new Date(to).toISOString() };
    const query = QUERIES[turn % QUERIES.length] ?? "";
    const response = await fetch(`${url}/graphql`, {
      method: "POST",
      // A kept connection that the API closes between two phases would fail the next query.
      headers: { "content-type": "application/json", connection: "close" },
      body: JSON.stringify({ query, ...(query.includes("$from") ? { variables } : {}) }),
    });
    const text = await response.text();
    if (!response.ok || text.startsWith('{"errors"')) seen.failures += 1;
    seen.queries += 1;
    onAnswer();
  }
}
