import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import SqliteDatabase from "better-sqlite3";
import fc from "fast-check";
import { createClient } from "graphql-ws";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { z } from "zod";
import { apiConfig } from "../../api/config.ts";
import { type ApiProcess, ApiStartError, startApiProcess } from "../../api/start-api-process.ts";
import { openStore } from "../../store/open-store.ts";
import { SCORE_BUCKETS, type StageBatch, type Store } from "../../store/store.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { anAnomaly, idOf } from "../store-contract/an-anomaly.ts";

const EMPTY: StageBatch = {
  anomalies: [],
  histograms: [],
  services: [{ name: "shop", records: 10, anomalies: 1, learningState: "ready", lastSeenMs: 5_000 }],
  templates: [],
  thresholds: [{ service: "shop", value: 0.9 }],
  status: undefined,
};

let path: string;
let store: Store;
let api: ApiProcess;
const errors: string[] = [];
beforeEach(async () => {
  const directory = temporaryDirectory("logbert-api");
  path = join(directory, "logbert.db");
  mkdirSync(join(directory, "ui/assets"), { recursive: true });
  writeFileSync(join(directory, "ui/index.html"), "<html>the page</html>");
  writeFileSync(join(directory, "ui/assets/app-1.js"), "code()");
  store = await openStore({ path });
  errors.length = 0;
  api = await startApiProcess({
    config: apiConfig.parse({ endpoint: "127.0.0.1:0" }),
    store: { path },
    version: "1.2.3",
    uiDirectory: join(directory, "ui"),
    onError: (reason) => errors.push(reason),
  });
});
afterEach(async () => {
  await api.stop();
  await store.close();
});

const answer = z.object({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z
    .array(z.object({ message: z.string(), extensions: z.object({ code: z.string() }).loose() }).loose())
    .optional(),
});

async function ask(query: string, variables: object = {}): Promise<z.infer<typeof answer>> {
  const response = await fetch(`http://${api.address}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query, variables }),
  });
  return answer.parse(await response.json());
}

const codeOf = async (query: string) => (await ask(query)).errors?.[0]?.extensions.code;

/** A request with headers that fetch would not send. */
function raw(
  target: string,
  headers: Readonly<Record<string, string>> = {},
  body?: string,
): Promise<{
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}> {
  return new Promise((resolve, reject) => {
    const [host, port] = api.address.split(":");
    const sent = request(
      { host, port, path: target, headers, method: body === undefined ? "GET" : "POST", agent: false },
      async (response) => {
        let text = "";
        for await (const chunk of response) text += String(chunk);
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}

describe("what the API does not do", () => {
  it.each([
    ["BAD_USER_INPUT", "{ anomalies(first: -1) { totalCount } }"],
    ["BAD_USER_INPUT", "{ anomalies(first: 501) { totalCount } }"],
    ["GRAPHQL_VALIDATION_FAILED", "{ anomalies(first: 10000000000) { totalCount } }"],
    ["BAD_USER_INPUT", '{ anomalies(after: "nonsense") { totalCount } }'],
    ["GRAPHQL_VALIDATION_FAILED", '{ anomalies(filter: { from: "yesterday" }) { totalCount } }'],
    ["NOT_FOUND", '{ threshold(service: "none") { value } }'],
    ["NOT_FOUND", 'mutation { addFeedback(input: { anomalyId: "none", isTrueAnomaly: true }) { id } }'],
    ["BAD_USER_INPUT", 'mutation { setThreshold(input: { service: "shop" }) { value } }'],
    [
      "BAD_USER_INPUT",
      'mutation { setThreshold(input: { service: "shop", value: 0.5, auto: true }) { value } }',
    ],
    ["BAD_USER_INPUT", 'mutation { setThreshold(input: { service: "shop", value: 1.5 }) { value } }'],
    ["BAD_USER_INPUT", 'mutation { setThreshold(input: { service: "shop", alertsPerDay: 0 }) { value } }'],
    ["NOT_AVAILABLE", "mutation { startTraining { id } }"],
    ["GRAPHQL_VALIDATION_FAILED", "{ secrets }"],
  ])("%s: %s", async (code, query) => {
    await store.saveBatch(EMPTY);
    expect(await codeOf(query)).toBe(code);
  });

  it("answer a query that is deeper or wider than any use", async () => {
    const deep = `{ __schema { ${"types { fields { type { ".repeat(12)} name ${"} } }".repeat(12)} } }`;
    expect((await ask(deep)).errors).toBeDefined();
    const wide = `{ ${Array.from({ length: 3_000 }, (_, i) => `a${i}: status { version }`).join(" ")} }`;
    expect((await ask(wide)).errors).toBeDefined();
  });

  it("take a request under a foreign name, or from a foreign page", async () => {
    const rebound = await raw("/graphql?query={status{version}}", { host: "evil.example" });
    expect(rebound.status).toBe(403);
    const foreign = { host: api.address, origin: "https://evil.example", "content-type": "application/json" };
    expect((await raw("/graphql", foreign, '{"query":"{status{version}}"}')).status).toBe(403);
    const simple = { host: api.address, "content-type": "text/plain" };
    expect((await raw("/graphql", simple, '{"query":"{status{version}}"}')).status).toBe(400);
    const socket = new WebSocket(`ws://${api.address}/graphql`, "graphql-transport-ws", {
      origin: "https://evil.example",
    });
    await expect(
      new Promise((_, reject) => {
        socket.on("error", reject);
      }),
    ).rejects.toThrow(/403/);
  });

  it("take a body without end", async () => {
    const huge = JSON.stringify({ query: `{ status { version } } #${"x".repeat(2_000_000)}` });
    const reply = await raw(
      "/graphql",
      { host: api.address, "content-type": "application/json" },
      huge,
    ).catch((error: NodeJS.ErrnoException) => error.code);
    if (typeof reply === "object") expect(reply.status).toBe(413);
    else expect(reply).toMatch(/EPIPE|ECONNRESET/);
    expect((await ask("{ status { version } }")).data).toBeDefined();
  });

  it("hand out files from outside the UI", async () => {
    for (const target of ["/../logbert.db", "/%2e%2e/logbert.db", "/assets/../../logbert.db", "/x.js"]) {
      const { status, text } = await raw(target, { host: api.address });
      expect(status === 404 || text === "<html>the page</html>").toBe(true);
    }
  });

  it("start where it cannot listen", async () => {
    const failure = startApiProcess({
      config: apiConfig.parse({ endpoint: api.address }),
      store: { path },
      version: "1",
      uiDirectory: "none",
      onError: () => undefined,
    });
    await expect(failure).rejects.toThrow(ApiStartError);
    await expect(failure).rejects.toThrow(/api\.endpoint: cannot listen on/);
  });

  it("tell what is wrong inside, but says what helps", async () => {
    await store.saveBatch({ ...EMPTY, anomalies: [anAnomaly(1)] });
    const rival = new SqliteDatabase(path);
    rival.exec("update anomalies set explanation = 'secret-detail'");
    rival.close();
    const { errors: told } = await ask("{ anomalies { nodes { id } } }");
    expect(told?.[0]?.extensions.code).toBe("UNAVAILABLE");
    expect(JSON.stringify(told)).not.toContain("secret-detail");
    await waitFor("the cause to be logged", () => (errors.length > 0 ? true : undefined));
  });
});

describe("queries", () => {
  it("page through anomalies exactly once, and count them", async () => {
    await store.saveBatch({ ...EMPTY, anomalies: Array.from({ length: 23 }, (_, i) => anAnomaly(i)) });
    const page = z.object({
      anomalies: z.object({
        totalCount: z.literal(23),
        edges: z.array(z.object({ node: z.object({ id: z.string() }) })),
        pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
      }),
    });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 25 }), async (first) => {
        const seen: string[] = [];
        for (let after: string | null = null; ; ) {
          const { data } = await ask(
            "query ($first: Int, $after: String) { anomalies(first: $first, after: $after) { totalCount edges { node { id } } pageInfo { hasNextPage endCursor } } }",
            { first, after },
          );
          const { anomalies } = page.parse(data);
          seen.push(...anomalies.edges.map(({ node }) => node.id));
          if (!anomalies.pageInfo.hasNextPage) break;
          after = anomalies.pageInfo.endCursor;
        }
        expect(seen).toEqual(Array.from({ length: 23 }, (_, i) => idOf(22 - i)));
      }),
      { numRuns: 8 },
    );
  });

  it("tell everything of an anomaly", async () => {
    await store.saveBatch({ ...EMPTY, anomalies: [anAnomaly(1)] });
    const { data } = await ask(
      `{ anomaly(id: "${idOf(1)}") { id time service severity body template score threshold modelVersion traceId
         explanation { summary source tokens { token } expected { template probability } detectors { detector pValue share } llm { text } }
         window { time template severity isSubject } feedback { id } } none: anomaly(id: "x") { id } }`,
    );
    expect(data).toMatchObject({
      none: null,
      anomaly: {
        id: idOf(1),
        time: "1970-01-01T00:00:01.000Z",
        severity: "ERROR",
        score: 0.9,
        explanation: {
          source: "MODEL",
          tokens: [],
          expected: [
            { template: "payment of <NUM> done", probability: 0.9 },
            { template: null, probability: 0.1 },
          ],
          llm: null,
        },
        window: [{ severity: "ERROR", isSubject: true }],
        feedback: [],
      },
    });
  });

  it("tell of services, templates, scores and the stage", async () => {
    const counts = Array.from({ length: SCORE_BUCKETS }, (_, i) => (i === 180 ? 4 : 0));
    await store.saveBatch({
      ...EMPTY,
      templates: [{ id: "t1", service: "shop", text: "a <*>", count: 4, firstSeenMs: 1, lastSeenMs: 2 }],
      histograms: [{ service: "shop", minuteMs: 60_000, counts, anomalies: 2, maxScore: 0.91 }],
      status: {
        version: "1.2.3",
        modelVersion: "m1",
        startedAtMs: 1_000,
        updatedAtMs: Date.now(),
        recordsPerSecond: 7,
        forwardEndpoint: undefined,
        forwardState: "sink",
      },
    });
    const { data } = await ask(
      `{ services { name records anomalies learningState threshold { mode value alertsPerDay } lastSeen }
         threshold(service: "shop") { service mode value }
         templates(service: "shop") { nodes { id text count service firstSeen } pageInfo { hasNextPage } }
         scoreSeries(service: "shop", from: "1970-01-01T00:00:00Z", to: "1970-01-01T00:02:00Z", buckets: 2) { records anomalies maxScore meanScore }
         status { version model recordsPerSecond forwardState forwardEndpoint database }
         low: thresholdPreview(service: "shop", value: 0.9, from: "1970-01-01T00:00:00Z", to: "1970-01-01T00:02:00Z") { alerts precision recall missed { id } }
         high: thresholdPreview(service: "shop", value: 0.95, from: "1970-01-01T00:00:00Z", to: "1970-01-01T00:02:00Z") { alerts } }`,
    );
    expect(data).toEqual({
      services: [
        {
          name: "shop",
          records: 10,
          anomalies: 1,
          learningState: "READY",
          threshold: { mode: "AUTO", value: 0.9, alertsPerDay: null },
          lastSeen: "1970-01-01T00:00:05.000Z",
        },
      ],
      threshold: { service: "shop", mode: "AUTO", value: 0.9 },
      templates: {
        nodes: [
          { id: "t1", text: "a <*>", count: 4, service: "shop", firstSeen: "1970-01-01T00:00:00.001Z" },
        ],
        pageInfo: { hasNextPage: false },
      },
      scoreSeries: [
        { records: 0, anomalies: 0, maxScore: 0, meanScore: null },
        { records: 4, anomalies: 2, maxScore: 0.91, meanScore: 0.9025 },
      ],
      status: {
        version: "1.2.3",
        model: "m1",
        recordsPerSecond: 7,
        forwardState: "SINK",
        forwardEndpoint: null,
        database: "ok",
      },
      low: { alerts: 4, precision: null, recall: null, missed: [] },
      high: { alerts: 0 },
    });
    expect((await raw("/readyz")).status).toBe(200);
  });

  it("are served beside the page, the probes and the printed schema", async () => {
    expect((await raw("/livez")).status).toBe(200);
    expect((await raw("/readyz")).status).toBe(503);
    const page = await raw("/anomalies/01J", { host: api.address });
    expect([page.status, page.text]).toEqual([200, "<html>the page</html>"]);
    expect(page.headers["content-security-policy"]).toContain("default-src 'none'");
    expect((await raw("/assets/app-1.js", { host: api.address })).headers["cache-control"]).toContain(
      "immutable",
    );
    const fields = readFileSync("api/schema.graphql", "utf8").match(/^type \w+/gm)?.length;
    const { data } = await ask("{ __schema { types { kind name } } }");
    const served = z
      .object({ __schema: z.object({ types: z.array(z.object({ kind: z.string(), name: z.string() })) }) })
      .parse(data)
      .__schema.types.filter(({ kind, name }) => kind === "OBJECT" && !name.startsWith("__"));
    expect(served).toHaveLength(fields ?? 0);
  });
});

describe("mutations", () => {
  it("give feedback, show it, and take it back once", async () => {
    await store.saveBatch({ ...EMPTY, anomalies: [anAnomaly(1)] });
    const { data } = await ask(
      `mutation { addFeedback(input: { anomalyId: "${idOf(1)}", isTrueAnomaly: true, note: " disk " }) { id note isTrueAnomaly createdAt } }`,
    );
    const { addFeedback } = z
      .object({ addFeedback: z.object({ id: z.string(), note: z.literal("disk") }) })
      .parse(data);
    const shown = await ask("{ anomalies(filter: { isTrueAnomaly: true }) { nodes { feedback { id } } } }");
    expect(shown.data).toEqual({ anomalies: { nodes: [{ feedback: [{ id: addFeedback.id }] }] } });
    const undo = `mutation { undoFeedback(id: "${addFeedback.id}") }`;
    expect((await ask(undo)).data).toEqual({ undoFeedback: true });
    expect((await ask(undo)).data).toEqual({ undoFeedback: false });
  });

  it("set a threshold by value, by budget, and back to automatic; a proposal changes nothing", async () => {
    await store.saveBatch(EMPTY);
    const set = async (how: string) =>
      (await ask(`mutation { setThreshold(input: { service: "shop", ${how} }) { mode value alertsPerDay } }`))
        .data;
    expect(await set("value: 0.7")).toEqual({
      setThreshold: { mode: "MANUAL", value: 0.7, alertsPerDay: null },
    });
    expect(await set("alertsPerDay: 3")).toEqual({
      setThreshold: { mode: "BUDGET", value: 0.7, alertsPerDay: 3 },
    });
    expect(await set("auto: true")).toMatchObject({ setThreshold: { mode: "AUTO" } });
    const { data } = await ask(
      'mutation { computeThreshold(service: "shop") { value youdensJ message points { threshold } } }',
    );
    expect(data).toMatchObject({ computeThreshold: { value: null, youdensJ: null, points: [] } });
    expect(JSON.stringify(data)).toContain("Too little feedback: 0 of 10");
    expect(await store.threshold("shop")).toMatchObject({ mode: "auto" });
  });

  it("propose the threshold that parts the feedback best, once there is enough", async () => {
    const anomalies = Array.from({ length: 70 }, (_, i) => anAnomaly(i, { score: i < 12 ? 0.95 : 0.86 }));
    await store.saveBatch({ ...EMPTY, anomalies });
    for (const [i, { id }] of anomalies.entries()) {
      await store.addFeedback({
        id: `f${i}`,
        anomalyId: id,
        isTrueAnomaly: i < 12,
        note: undefined,
        author: undefined,
        createdAtMs: 1,
      });
    }
    const { data } = await ask(
      'mutation { computeThreshold(service: "shop") { value youdensJ points { threshold } } }',
    );
    expect(data).toEqual({
      computeThreshold: { value: 0.95, youdensJ: 1, points: [{ threshold: 0.95 }, { threshold: 0.86 }] },
    });
  });
});

describe("subscriptions", () => {
  it("tell each new anomaly of the service asked for, and the live tail while somebody watches", async () => {
    await store.saveBatch({ ...EMPTY, anomalies: [anAnomaly(1)] });
    const client = createClient({ url: `ws://${api.address}/graphql`, webSocketImpl: WebSocket });
    const heard: unknown[] = [];
    const seen: unknown[] = [];
    const listen = (query: string, into: unknown[]) =>
      client.subscribe(
        { query },
        { next: (result) => into.push(result.data), error: () => {}, complete: () => {} },
      );
    expect(api.live()).toBeUndefined();
    const leave = [
      listen('subscription { anomalyDetected(service: "shop") { id } }', heard),
      listen("subscription { records { service score isAnomaly body } }", seen),
    ];
    const show = await waitFor("somebody to watch", () => api.live());
    // The feed begins with what is newest when it starts: what is saved meanwhile may belong to either side.
    let number = 2;
    await waitFor("an anomaly", async () => {
      await store.saveBatch({
        ...EMPTY,
        anomalies: [anAnomaly(number, { service: "other" }), anAnomaly(number + 1)],
      });
      number += 2;
      return heard.length > 0 ? true : undefined;
    });
    for (const one of heard) expect(JSON.stringify(one)).toMatch(/"id":"0+\d*[13579]"/);
    const record = { timeMs: 1, service: "shop", severityNumber: 9, body: "b", template: "b" };
    show([{ ...record, score: undefined, threshold: undefined, isAnomaly: false, anomalyId: undefined }]);
    await waitFor("a live record", () => (seen.length > 0 ? true : undefined));
    expect(seen).toEqual([{ records: { service: "shop", score: null, isAnomaly: false, body: "b" } }]);
    for (const end of leave) end();
    await waitFor("nobody to watch", () => (api.live() === undefined ? true : undefined));
    await client.dispose();
  });
});
