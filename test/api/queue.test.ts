import { once } from "node:events";
import SqliteDatabase from "better-sqlite3";
import { afterEach, beforeEach, expect, it } from "vitest";
import { WebSocket } from "ws";
import { waitFor } from "../helpers/wait-for.ts";
import { anAnomaly, idOf } from "../store-contract/an-anomaly.ts";
import { type ApiUnderTest, SHOP, startApiUnderTest } from "./start-api.ts";

const OPERATIONS_MAX = 20;

let under: ApiUnderTest;
let rival: SqliteDatabase.Database;
const sockets: WebSocket[] = [];
beforeEach(async () => {
  under = await startApiUnderTest({ max_operations_per_connection: OPERATIONS_MAX });
  await under.stage.saveBatch({ ...SHOP, anomalies: [anAnomaly(1)] });
  rival = new SqliteDatabase(under.path);
});
afterEach(async () => {
  rival.close();
  for (const socket of sockets.splice(0)) socket.terminate();
  await under.close();
});

interface Connection {
  readonly heard: string[];
  begin(id: string, query: string): void;
  leave(id: string): void;
}

async function open(): Promise<Connection> {
  const socket = new WebSocket(`ws://${under.api.address}/graphql`, "graphql-transport-ws");
  sockets.push(socket);
  await once(socket, "open");
  socket.send('{"type":"connection_init"}');
  await once(socket, "message");
  const heard: string[] = [];
  socket.on("message", (message) => heard.push(String(message)));
  return {
    heard,
    begin: (id, query) => socket.send(JSON.stringify({ id, type: "subscribe", payload: { query } })),
    leave: (id) => socket.send(JSON.stringify({ id, type: "complete" })),
  };
}

const judge = `mutation { addFeedback(input: { anomalyId: "${idOf(1)}", isTrueAnomaly: true }) { id } }`;
const VERSION = "{ status { version } }";
const refusals = (connections: readonly Connection[], words: string) =>
  connections.flatMap(({ heard }) => heard).filter((message) => message.includes(words)).length;

it("what a caller no longer waits for when its turn comes is not done, and counts until then", async () => {
  const connection = await open();
  rival.exec("begin immediate");
  for (let i = 0; i < 80; i += 1) {
    connection.begin(`${i}`, judge);
    connection.leave(`${i}`);
  }
  connection.begin("refused", VERSION);
  await waitFor("a refusal", () => (connection.heard.length > 0 ? true : undefined));
  expect(connection.heard[0]).toContain(`${OPERATIONS_MAX} operations`);
  rival.exec("rollback");
  let asked = 0;
  await waitFor("its turn to come again", () => {
    connection.begin(`again ${asked++}`, VERSION);
    return connection.heard.some((message) => message.includes("1.2.3")) ? true : undefined;
  });
  const { confirmed } = await under.stage.countFeedback();
  // Those that had their turn before they were given up.
  expect(confirmed).toBeLessThan(OPERATIONS_MAX / 2);
});

it("who comes when a hundred operations wait is told to come again, over both transports, and then answered", async () => {
  const connections = await Promise.all(Array.from({ length: 7 }, open));
  rival.exec("begin immediate");
  for (const [index, connection] of connections.entries())
    for (let i = 0; i < OPERATIONS_MAX; i += 1) connection.begin(`${i}`, index === 0 ? judge : VERSION);
  await waitFor("refusals", () => (refusals(connections, "wait for their turn") > 0 ? true : undefined));
  const json = { "content-type": "application/json" };
  const request = async () => {
    const answer = await under.raw("/graphql", json, JSON.stringify({ query: VERSION }));
    return answer.status === 503 ? answer : Promise.reject(new Error(`answered ${answer.status}`));
  };
  // Each judgement that the database is too busy for makes room for one that waits.
  const refused = await Promise.any(Array.from({ length: OPERATIONS_MAX }, request));
  expect([refused.status, refused.headers["retry-after"]]).toEqual([503, "1"]);
  expect(refused.text).toContain("UNAVAILABLE");
  rival.exec("rollback");
  await waitFor("everybody's answer", () =>
    refusals(connections, '"type":"complete"') === 7 * OPERATIONS_MAX ? true : undefined,
  );
  // Beside the waiting ones a few are worked on.
  expect(7 * OPERATIONS_MAX - refusals(connections, "wait for their turn")).toBeLessThan(110);
  expect((await under.ask(VERSION)).data).toBeDefined();
});
