import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
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

/** Resolves when every connection stands. Messages are counted and not read: this client's work would be another machine's. */
async function subscribe(url: string, seen: { anomalies: number; records: number; failures: number }) {
  const clients: WebSocket[] = [];
  for (let from = 0; from < SUBSCRIPTIONS.length; from += SUBSCRIPTIONS_PER_CONNECTION) {
    const socket = new WebSocket(`${url.replace(/^http/, "ws")}/graphql`, "graphql-transport-ws");
    clients.push(socket);
    const admitted = Promise.withResolvers<void>();
    socket.on("error", admitted.reject);
    socket.on("message", (message: Buffer) => {
      if (message.includes('"type":"connection_ack"')) admitted.resolve();
      else if (message.includes('"data":{"records"')) seen.records += 1;
      else if (message.includes('"data":{"anomalyDetected"')) seen.anomalies += 1;
      else seen.failures += 1;
    });
    await once(socket, "open");
    socket.send('{"type":"connection_init"}');
    await admitted.promise;
    for (const [id, query] of SUBSCRIPTIONS.slice(from, from + SUBSCRIPTIONS_PER_CONNECTION).entries())
      socket.send(JSON.stringify({ id: String(id), type: "subscribe", payload: { query } }));
  }
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
    const isGood = await ask(`${url}/graphql`, { query, ...(query.includes("$from") ? { variables } : {}) });
    if (!isGood) seen.failures += 1;
    seen.queries += 1;
    onAnswer();
  }
}

/** Whether it was answered with data; the answer is not kept. */
async function ask(url: string, body: object): Promise<boolean> {
  // A kept connection that the API closes between two phases would fail the next query.
  const headers = { "content-type": "application/json", connection: "close" };
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request(url, { method: "POST", headers }, resolve).on("error", reject).end(JSON.stringify(body));
  });
  let start = "";
  for await (const chunk of response) if (start === "") start = chunk.subarray(0, 16).toString();
  return response.statusCode === 200 && start.startsWith('{"data"');
}
