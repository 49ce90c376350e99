import { connect } from "node:net";
import { type Client, createClient } from "graphql-ws";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { waitFor } from "../helpers/wait-for.ts";
import { anAnomaly, idOf } from "../store-contract/an-anomaly.ts";
import { type ApiUnderTest, SHOP, startApiUnderTest } from "./start-api.ts";

const READER = "reader-token-0123456789";
const WRITER = "writer-token-0123456789";
const tokens = [
  { name: "dashboard", role: "read", token: READER },
  { name: "alice", role: "write", token: WRITER },
] as const;

let under: ApiUnderTest;
beforeAll(async () => {
  under = await startApiUnderTest({ tokens: [...tokens] });
  await under.stage.saveBatch({ ...SHOP, anomalies: [anAnomaly(1)] });
});
afterAll(() => under.close());

const viewer = "{ viewer { name canWrite } }";
const judge = `mutation { addFeedback(input: { anomalyId: "${idOf(1)}", isTrueAnomaly: true }) { id author } }`;

async function ask(query: string, authorization: string | undefined, over: ApiUnderTest = under) {
  const headers = { "content-type": "application/json", ...(authorization ? { authorization } : {}) };
  const { status, headers: got, text } = await over.raw("/graphql", headers, JSON.stringify({ query }));
  return { status, headers: got, body: JSON.parse(text) as unknown };
}

const withCode = (code: string) => ({ errors: [{ message: expect.any(String), extensions: { code } }] });

describe("over HTTP", () => {
  it.each([
    ["no token", undefined, "Bearer"],
    ["another scheme", `Basic ${WRITER}`, "Bearer"],
    ["a wrong token", "Bearer nobody-has-this-token", 'Bearer error="invalid_token"'],
    ["a part of a token", `Bearer ${WRITER.slice(0, -1)}`, 'Bearer error="invalid_token"'],
  ])("%s is answered 401, whatever is asked", async (_, authorization, challenge) => {
    for (const query of [viewer, judge, "{ __typename }", "{"]) {
      const { status, headers, body } = await ask(query, authorization);
      expect(status).toBe(401);
      expect(headers["www-authenticate"]).toBe(challenge);
      expect(headers["content-type"]).toBe("application/json");
      expect(body).toMatchObject(withCode("UNAUTHENTICATED"));
    }
    expect(await under.stage.feedbackFor([idOf(1)])).toEqual([]);
  });

  it("GET and other methods need a token too", async () => {
    const target = `/graphql?query=${encodeURIComponent(viewer)}`;
    const headers = { "apollo-require-preflight": "1" };
    expect((await under.raw(target, headers)).status).toBe(401);
    const { status, text } = await under.raw(target, { ...headers, authorization: `Bearer ${READER}` });
    expect([status, JSON.parse(text)]).toEqual([
      200,
      { data: { viewer: { name: "dashboard", canWrite: false } } },
    ]);
  });

  it("a token with the role read asks, and changes nothing", async () => {
    expect((await ask("{ services { name } }", `Bearer ${READER}`)).body).toEqual({
      data: { services: [{ name: "shop" }] },
    });
    for (const mutation of [
      judge,
      `query Q { services { name } } ${judge.replace("mutation", "mutation M")}`,
      'mutation { setThreshold(input: { service: "shop", value: 0.5 }) { value } }',
      'mutation { computeThreshold(service: "shop") { value } }',
      "mutation { startTraining { id } }",
      "mutation { rollbackModel { version } }",
      'mutation { undoFeedback(id: "x") }',
    ]) {
      const body = JSON.stringify({
        query: mutation,
        operationName: mutation.includes("mutation M") ? "M" : null,
      });
      const headers = { "content-type": "application/json", authorization: `Bearer ${READER}` };
      const { status, text } = await under.raw("/graphql", headers, body);
      expect([status, JSON.parse(text)]).toMatchObject([403, withCode("FORBIDDEN")]);
    }
    expect(await under.stage.feedbackFor([idOf(1)])).toEqual([]);
    expect((await under.stage.threshold("shop"))?.mode).toBe("auto");
  });

  it("a token with the role write changes, and its name is kept as the author", async () => {
    expect((await ask(viewer, `Bearer ${WRITER}`)).body).toEqual({
      data: { viewer: { name: "alice", canWrite: true } },
    });
    expect((await ask(judge, `Bearer ${WRITER}`)).body).toMatchObject({
      data: { addFeedback: { author: "alice" } },
    });
    expect(await under.stage.feedbackFor([idOf(1)])).toMatchObject([{ author: "alice" }]);
  });

  it("the page and the probes need none", async () => {
    for (const target of ["/", "/assets/app-1.js", "/livez"])
      expect((await under.raw(target)).status).toBe(200);
    expect((await under.raw("/readyz")).status).toBe(503);
  });
});

describe("over WebSocket", () => {
  const clients: Client[] = [];
  afterEach(async () => {
    for (const client of clients.splice(0)) await client.dispose();
  });

  interface Listener {
    readonly results: unknown[];
    readonly failures: unknown[];
  }

  function follow(query: string, authorization?: unknown, header?: string): Listener {
    const client = createClient({
      url: `ws://${under.api.address}/graphql`,
      webSocketImpl:
        header === undefined
          ? WebSocket
          : class extends WebSocket {
              constructor(address: string, protocols: string) {
                super(address, protocols, { headers: { authorization: header } });
              }
            },
      retryAttempts: 0,
      connectionParams: authorization === undefined ? {} : { authorization },
    });
    clients.push(client);
    const heard: Listener = { results: [], failures: [] };
    client.subscribe(
      { query },
      {
        next: (result) => heard.results.push(result),
        error: (error) => heard.failures.push(error),
        complete: () => undefined,
      },
    );
    return heard;
  }

  const heardOf = async ({ results, failures }: Listener) => {
    await waitFor("an answer", () => (results.length + failures.length > 0 ? true : undefined));
    return { results, failures };
  };

  it.each([
    ["no token", undefined, undefined],
    ["a wrong token", "Bearer nobody-has-this-token", undefined],
    ["a wrong token before a right one", "Bearer nobody-has-this-token", `Bearer ${WRITER}`],
    ["a token that is no text", { toString: WRITER }, undefined],
    ["a wrong token in the header", undefined, "Bearer nobody-has-this-token"],
  ])("%s closes the connection with 4403", async (_, authorization, header) => {
    const { results, failures } = await heardOf(follow(viewer, authorization, header));
    expect(results).toEqual([]);
    expect(failures).toMatchObject([{ code: 4403 }]);
  });

  it("an operation before the token is shown closes it with 4401", async () => {
    const socket = new WebSocket(`ws://${under.api.address}/graphql`, "graphql-transport-ws", {
      headers: { authorization: `Bearer ${WRITER}` },
    });
    const code = await new Promise((resolve) => {
      socket.on("open", () =>
        socket.send(JSON.stringify({ id: "1", type: "subscribe", payload: { query: judge } })),
      );
      socket.on("close", resolve);
    });
    expect(code).toBe(4401);
  });

  it("a token in the first message, or in the header of the upgrade, is known", async () => {
    expect((await heardOf(follow(viewer, `Bearer ${READER}`))).results).toEqual([
      { data: { viewer: { name: "dashboard", canWrite: false } } },
    ]);
    expect((await heardOf(follow(viewer, undefined, `Bearer ${WRITER}`))).results).toEqual([
      { data: { viewer: { name: "alice", canWrite: true } } },
    ]);
  });

  it("a token with the role read listens, and changes nothing", async () => {
    const before = await under.stage.feedbackFor([idOf(1)]);
    const { failures } = await heardOf(follow(judge, `Bearer ${READER}`));
    expect(failures).toMatchObject([[{ extensions: { code: "FORBIDDEN" } }]]);
    expect(await under.stage.feedbackFor([idOf(1)])).toEqual(before);
    const record = {
      timeMs: 1,
      service: "shop",
      severityNumber: 9,
      body: "b",
      template: "b",
      score: undefined,
      threshold: undefined,
      isAnomaly: false,
      anomalyId: undefined,
    };
    const listener = follow("subscription { records { body } }", `Bearer ${READER}`);
    await waitFor("a record", () => {
      under.api.live()?.([record]);
      return listener.results.length > 0 ? true : undefined;
    });
  });

  it("a token with the role write changes under its name", async () => {
    const { results } = await heardOf(follow(judge, `Bearer ${WRITER}`));
    expect(results).toMatchObject([{ data: { addFeedback: { author: "alice" } } }]);
  });
});

it("guessing is answered 429 after 20 different tokens, over both transports", async () => {
  const guessed = await startApiUnderTest({ tokens: [...tokens] });
  for (let i = 0; i < 20; i++)
    expect((await ask(viewer, `Bearer guess-number-${i}`, guessed)).status).toBe(401);
  const { status, headers, body } = await ask(viewer, `Bearer ${WRITER}`, guessed);
  expect(status).toBe(429);
  expect(Number(headers["retry-after"])).toBeGreaterThan(0);
  expect(body).toMatchObject(withCode("RATE_LIMITED"));
  const socket = new WebSocket(`ws://${guessed.api.address}/graphql`, "graphql-transport-ws");
  const code = await new Promise((resolve) => {
    socket.on("open", () =>
      socket.send(
        JSON.stringify({ type: "connection_init", payload: { authorization: `Bearer ${WRITER}` } }),
      ),
    );
    socket.on("close", resolve);
  });
  // Not 4403: it is somebody else's guesses, and the token may be right.
  expect(code).toBe(1013);
  await guessed.close();
});

it("who shows no token keeps nobody out, and is gone a second after being told so", async () => {
  const small = await startApiUnderTest({ tokens: [...tokens], max_subscriptions: 1 });
  const silent = Array.from({ length: 210 }, () => openSilently(small.api.address));
  await Promise.all(silent.map(({ answered }) => answered));
  const code = () =>
    new Promise((resolve) => {
      const socket = new WebSocket(`ws://${small.api.address}/graphql`, "graphql-transport-ws");
      socket.on("open", () =>
        socket.send(
          JSON.stringify({ type: "connection_init", payload: { authorization: `Bearer ${WRITER}` } }),
        ),
      );
      socket.on("message", (message) => resolve(JSON.parse(String(message)).type));
      socket.on("error", (error) => resolve(error.message));
    });
  expect(await code()).toBe("connection_ack");
  expect(await code()).toContain("503");
  const startedAtMs = performance.now();
  await Promise.all(silent.map(({ closed }) => closed));
  // 3 s to say connection_init, and one to answer that the connection is closed; ws would wait 30 for that.
  expect(performance.now() - startedAtMs).toBeLessThan(15_000);
  await small.close();
});

/** A WebSocket that says nothing, not even that it has been closed. */
function openSilently(address: string) {
  const [host, port] = address.split(":");
  const socket = connect(Number(port), host);
  const answered = new Promise<void>((resolve) => socket.once("data", () => resolve()));
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  socket.on("error", () => undefined);
  // A socket that is not read does not notice its end.
  socket.resume();
  socket.write(
    [
      "GET /graphql HTTP/1.1",
      `Host: ${address}`,
      "Upgrade: websocket",
      "Connection: Upgrade",
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
      "Sec-WebSocket-Version: 13",
      "Sec-WebSocket-Protocol: graphql-transport-ws",
      "\r\n",
    ].join("\r\n"),
  );
  return { answered: Promise.race([answered, closed]), closed };
}

it("where no token is configured whoever reaches the API is local, and may write", async () => {
  const open = await startApiUnderTest();
  await open.stage.saveBatch({ ...SHOP, anomalies: [anAnomaly(1)] });
  for (const authorization of [undefined, "Bearer left-over-from-before"]) {
    expect((await ask(viewer, authorization, open)).body).toEqual({
      data: { viewer: { name: "local", canWrite: true } },
    });
  }
  expect((await ask(judge, undefined, open)).body).toMatchObject({
    data: { addFeedback: { author: "local" } },
  });
  await open.close();
});
