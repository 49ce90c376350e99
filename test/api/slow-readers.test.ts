import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterEach, beforeEach, expect, it } from "vitest";
import { WebSocket } from "ws";
import { readUsage } from "../../bench/stage/process-usage.ts";
import type { LiveRecord } from "../../store/live-record.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { anAnomaly } from "../store-contract/an-anomaly.ts";
import { type ApiUnderTest, SHOP, startApiUnderTest } from "./start-api.ts";

/** What a process may grow by; what is sent in each test is several times as much. */
const GROWTH_MIB_MAX = 150;
/** Twice the time between two pings, and something for a busy machine. */
const CLOSED_WITHIN_MS = 60_000;

let under: ApiUnderTest;
const peers: (Socket | WebSocket)[] = [];
beforeEach(async () => {
  under = await startApiUnderTest();
  // What the process needs for its first answers is no growth.
  await under.ask("{ status { version } }");
});
afterEach(async () => {
  for (const peer of peers.splice(0)) {
    if (peer instanceof WebSocket) peer.terminate();
    else peer.destroy();
  }
  await under.close();
});

const apiRssMiB = () => readUsage(process.pid).childrenRssMiB;

/** A connection as the protocol has it, up to the acknowledgement. */
async function open(): Promise<WebSocket> {
  const socket = new WebSocket(`ws://${under.api.address}/graphql`, "graphql-transport-ws");
  peers.push(socket);
  socket.on("error", () => undefined);
  await once(socket, "open");
  socket.send('{"type":"connection_init"}');
  await once(socket, "message");
  return socket;
}

function subscribe(socket: WebSocket, id: number, query: string): void {
  socket.send(JSON.stringify({ id: String(id), type: "subscribe", payload: { query } }));
}

const record: LiveRecord = {
  timeMs: 1,
  service: "shop",
  severityNumber: 9,
  body: "b".repeat(1_000),
  template: "b",
  score: 0.1,
  threshold: 0.9,
  isAnomaly: false,
  anomalyId: undefined,
};

it("50 subscriptions of peers that read nothing cost no memory, and are closed", async () => {
  const sockets = await Promise.all([open(), open(), open()]);
  for (const socket of sockets) socket.pause();
  for (let id = 0; id < 50; id += 1) {
    const socket = sockets[id % sockets.length];
    if (socket !== undefined) subscribe(socket, id, "subscription { records { body template score } }");
  }
  const before = apiRssMiB();
  for (let burst = 0; burst < 60; burst += 1) {
    const show = await waitFor("room on the way", () => under.api.live());
    show(new Array<LiveRecord>(50).fill(record));
  }
  expect((await under.ask("{ status { version } }")).data).toBeDefined();
  expect(apiRssMiB() - before).toBeLessThan(GROWTH_MIB_MAX);
  await waitFor(
    "them to be closed",
    () => (under.api.live() === undefined ? true : undefined),
    CLOSED_WITHIN_MS,
  );
});

it("a peer that asks for answers and reads none is read no more, and closed", async () => {
  const socket = await open();
  socket.pause();
  const closed = once(socket, "close");
  const before = apiRssMiB();
  const ping = JSON.stringify({ type: "ping", payload: { echo: "x".repeat(500_000) } });
  for (let i = 0; i < 800; i += 1) socket.send(ping, () => undefined);
  let peak = 0;
  const looking = setInterval(() => {
    peak = Math.max(peak, apiRssMiB());
  }, 200);
  await closed;
  clearInterval(looking);
  expect(peak - before).toBeLessThan(GROWTH_MIB_MAX);
  expect((await under.ask("{ status { version } }")).data).toBeDefined();
});

it("answers that nobody takes are bounded: others are told to come again until there is room", async () => {
  await under.stage.saveBatch({
    ...SHOP,
    anomalies: Array.from({ length: 500 }, (_, i) => anAnomaly(i + 1, { body: "b".repeat(8_000) })),
  });
  const query = `{ ${["a", "b", "c", "d"].map((name) => `${name}: anomalies(first: 500) { nodes { body } }`).join(" ")} }`;
  const body = JSON.stringify({ query });
  const [host = "", port = ""] = under.api.address.split(":");
  const before = apiRssMiB();
  for (let i = 0; i < 40; i += 1) {
    const socket = connect(Number(port), host);
    peers.push(socket);
    socket.on("error", () => undefined);
    socket.pause();
    socket.write(
      `POST /graphql HTTP/1.1\r\nHost: ${under.api.address}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
  }
  const headers = { "content-type": "application/json" };
  const small = JSON.stringify({ query: "{ status { version } }" });
  const refused = await waitFor("a refusal", async () => {
    const answer = await under.raw("/graphql", headers, small);
    return answer.status === 503 ? answer : undefined;
  });
  expect(JSON.parse(refused.text).errors[0].extensions.code).toBe("UNAVAILABLE");
  expect(refused.headers["retry-after"]).toBe("1");
  // Without the bound it would be 40 answers of 16 MB.
  expect(apiRssMiB() - before).toBeLessThan(600);
  expect((await under.raw("/livez")).status).toBe(200);
  for (const peer of peers) if (!(peer instanceof WebSocket)) peer.destroy();
  await waitFor("room", async () =>
    (await under.raw("/graphql", headers, small)).status === 200 ? true : undefined,
  );
});

it("300 WebSockets: 200 are let in, the others refused, and there is room again when they leave", async () => {
  const dial = () =>
    new Promise<WebSocket | undefined>((resolve) => {
      const socket = new WebSocket(`ws://${under.api.address}/graphql`, "graphql-transport-ws");
      peers.push(socket);
      socket.on("open", () => socket.send(JSON.stringify({ type: "connection_init" })));
      socket.on("message", () => resolve(socket));
      socket.on("error", () => resolve(undefined));
      socket.on("close", () => resolve(undefined));
    });
  const letIn = (await Promise.all(Array.from({ length: 300 }, dial))).filter(
    (socket) => socket !== undefined,
  );
  expect(letIn).toHaveLength(200);
  expect(await dial()).toBeUndefined();
  letIn[0]?.close();
  await waitFor("room again", async () => ((await dial()) === undefined ? undefined : true));
});

it("closes a connection that sends bytes which are no UTF-8, and goes on", async () => {
  const socket = await open();
  socket.send(Buffer.from([0xc3, 0x28]), { binary: false });
  const [code] = await once(socket, "close");
  expect(code).toBe(1007);
  expect((await under.ask("{ status { version } }")).data).toBeDefined();
});
