import { connect } from "node:net";
import SqliteDatabase from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { waitFor } from "../helpers/wait-for.ts";
import { anAnomaly, idOf } from "../store-contract/an-anomaly.ts";
import { type ApiUnderTest, NOTHING, SHOP, startApiUnderTest } from "./start-api.ts";

let under: ApiUnderTest;
beforeAll(async () => {
  under = await startApiUnderTest();
  await under.stage.saveBatch({ ...SHOP, anomalies: [anAnomaly(1)] });
});
afterAll(() => under.close());

const deepIntrospection = `{ __schema { types { ${"fields { type { ".repeat(6)} name ${"} } ".repeat(6)} } } }`;
const spanOf = (years: number) => `from: "2000-01-01T00:00:00Z", to: "${2000 + years}-01-01T00:00:00Z"`;

describe("a question that makes no sense is refused", () => {
  it.each([
    ["BAD_USER_INPUT", "{ anomalies(first: -1) { totalCount } }"],
    ["BAD_USER_INPUT", "{ anomalies(first: 0) { totalCount } }"],
    ["BAD_USER_INPUT", "{ anomalies(first: 501) { totalCount } }"],
    ["BAD_USER_INPUT", "{ templates(first: 501) { nodes { id } } }"],
    ["GRAPHQL_VALIDATION_FAILED", "{ anomalies(first: 1000000000) { nodes { id } } }"],
    ["GRAPHQL_VALIDATION_FAILED", "{ anomalies(first: 10000000000) { totalCount } }"],
    ["BAD_USER_INPUT", '{ anomalies(after: "nonsense") { totalCount } }'],
    ["BAD_USER_INPUT", '{ anomalies(after: "") { totalCount } }'],
    ["BAD_USER_INPUT", '{ templates(after: "nonsense") { nodes { id } } }'],
    ["GRAPHQL_VALIDATION_FAILED", '{ anomalies(filter: { from: "yesterday" }) { totalCount } }'],
    ["GRAPHQL_VALIDATION_FAILED", '{ anomalies(filter: { from: "2026-01-05 08:00" }) { totalCount } }'],
    ["GRAPHQL_VALIDATION_FAILED", '{ anomalies(filter: { from: "2026-02-30T08:00:00Z" }) { totalCount } }'],
    ["GRAPHQL_VALIDATION_FAILED", "{ anomalies(filter: { from: 5 }) { totalCount } }"],
    ["NOT_FOUND", '{ threshold(service: "none") { value } }'],
    ["NOT_FOUND", '{ thresholdPreview(service: "none", value: 0.5) { alerts } }'],
    ["BAD_USER_INPUT", '{ thresholdPreview(service: "shop", value: 1.1) { alerts } }'],
    ["BAD_USER_INPUT", `{ thresholdPreview(service: "shop", value: 0.5, ${spanOf(-1)}) { alerts } }`],
    ["BAD_USER_INPUT", `{ thresholdPreview(service: "shop", value: 0.5, ${spanOf(2)}) { alerts } }`],
    ["BAD_USER_INPUT", `{ scoreSeries(${spanOf(0)}) { records } }`],
    ["BAD_USER_INPUT", `{ scoreSeries(${spanOf(2)}) { records } }`],
    ["BAD_USER_INPUT", `{ scoreSeries(${spanOf(1)}, buckets: 0) { records } }`],
    ["BAD_USER_INPUT", `{ scoreSeries(${spanOf(1)}, buckets: 1001) { records } }`],
    ["BAD_USER_INPUT", `{ scoreSeries(${spanOf(1)}, buckets: 2000000000) { records } }`],
    ["BAD_USER_INPUT", `{ services { scores(${spanOf(1)}, buckets: 2000000000) { records } } }`],
    ["BAD_USER_INPUT", `{ services { scores(${spanOf(2)}, buckets: 10) { records } } }`],
    ["BAD_REQUEST", "subscription { anomalyDetected { id } }"],
    ["NOT_FOUND", 'mutation { addFeedback(input: { anomalyId: "none", isTrueAnomaly: true }) { id } }'],
    ["NOT_FOUND", 'mutation { setThreshold(input: { service: "none", value: 0.5 }) { value } }'],
    ["NOT_FOUND", 'mutation { computeThreshold(service: "none") { value } }'],
    ["BAD_USER_INPUT", 'mutation { setThreshold(input: { service: "shop" }) { value } }'],
    ["BAD_USER_INPUT", 'mutation { setThreshold(input: { service: "shop", auto: false }) { value } }'],
    [
      "BAD_USER_INPUT",
      'mutation { setThreshold(input: { service: "shop", value: 0.5, auto: true }) { value } }',
    ],
    ["BAD_USER_INPUT", 'mutation { setThreshold(input: { service: "shop", value: 1.5 }) { value } }'],
    ["BAD_USER_INPUT", 'mutation { setThreshold(input: { service: "shop", value: -0.1 }) { value } }'],
    ["BAD_USER_INPUT", 'mutation { setThreshold(input: { service: "shop", alertsPerDay: 0 }) { value } }'],
    ["BAD_USER_INPUT", 'mutation { setThreshold(input: { service: "shop", alertsPerDay: 2e6 }) { value } }'],
    ["NOT_FOUND", 'mutation { startTraining(service: "none") { id } }'],
    ["NOT_FOUND", "mutation { rollbackModel { version } }"],
    ["BAD_USER_INPUT", '{ trainingRuns(after: "x") { nodes { id } } }'],
    ["GRAPHQL_PARSE_FAILED", "{ anomalies("],
    ["GRAPHQL_VALIDATION_FAILED", "{ secrets }"],
    ["GRAPHQL_VALIDATION_FAILED", deepIntrospection],
  ])("%s: %s", async (code, query) => {
    expect(await under.codeOf(query)).toBe(code);
  });

  it("BAD_USER_INPUT: a note of a book's length", async () => {
    const input = { anomalyId: idOf(1), isTrueAnomaly: true, note: "x".repeat(2_001) };
    expect(
      await under.codeOf("mutation ($input: FeedbackInput!) { addFeedback(input: $input) { id } }", {
        input,
      }),
    ).toBe("BAD_USER_INPUT");
  });

  it("BAD_USER_INPUT: more rows than one operation may have, however the sizes are given", async () => {
    const pages = (count: number) =>
      `query ($n: Int) { ${Array.from({ length: count }, (_, i) => `a${i}: anomalies(first: $n) { nodes { id } }`).join(" ")} }`;
    expect(await under.codeOf(pages(4), { n: 500 })).toBeUndefined();
    expect(await under.codeOf(pages(5), { n: 500 })).toBe("BAD_USER_INPUT");
  });

  it("BAD_USER_INPUT: more parts of series than one operation may have, also where the same ones are asked for again", async () => {
    const small = await startApiUnderTest({ max_rows_per_operation: 100 });
    await small.stage.saveBatch(SHOP);
    const half = 'from: "2026-01-05T00:00:00Z", to: "2026-01-05T12:00:00Z"';
    const fields = (count: number, field: string) =>
      Array.from({ length: count }, (_, i) => `a${i}: ${field}`).join(" ");
    const series = (count: number) => fields(count, `scoreSeries(${half}, buckets: 1000) { records }`);
    const scores = (count: number) => fields(count, `scores(${half}, buckets: 1000) { records }`);
    expect(await small.codeOf(`{ ${series(2)} }`)).toBeUndefined();
    expect(await small.codeOf(`{ ${series(3)} }`)).toBe("BAD_USER_INPUT");
    expect(await small.codeOf(`{ services { ${scores(2)} } }`)).toBeUndefined();
    expect(await small.codeOf(`{ services { ${scores(3)} } }`)).toBe("BAD_USER_INPUT");
    await small.close();
  });

  it("one too wide, too long or too costly", async () => {
    const aliases = (count: number, field: string) =>
      `{ ${Array.from({ length: count }, (_, i) => `a${i}: ${field}`).join(" ")} }`;
    for (const query of [
      aliases(16, "status { version }"),
      aliases(3_000, "status { version }"),
      aliases(15, "anomalies(first: 500) { nodes { id explanation { detectors { detector } } } }"),
    ])
      expect((await under.ask(query)).errors).toHaveLength(1);
  });

  it("one deeper than configured", async () => {
    const shallow = await startApiUnderTest({ max_query_depth: 3 });
    expect(await shallow.codeOf("{ anomalies { nodes { id } } }")).toBeUndefined();
    expect((await shallow.ask("{ anomalies { nodes { explanation { summary } } } }")).errors).toHaveLength(1);
    await shallow.close();
  });
});

describe("requests that are not meant for this server are refused", () => {
  const json = { "content-type": "application/json" };
  const query = '{"query":"{status{version}}"}';

  it.each([
    [403, { host: "evil.example", ...json }],
    [403, { host: "evil.example", origin: "http://evil.example", ...json }],
    [403, { origin: "https://evil.example", ...json }],
    [403, { origin: "http://127.0.0.1:1", ...json }],
    [403, { origin: "null", ...json }],
    [400, { "content-type": "text/plain" }],
    [400, { "content-type": "application/x-www-form-urlencoded" }],
    [400, { "content-type": "multipart/form-data; boundary=x" }],
    [400, { "content-type": "text/plain; application/json" }],
    [400, {}],
  ])("%i: %j", async (status, headers) => {
    expect((await under.raw("/graphql", { ...headers }, query)).status).toBe(status);
  });

  it("400 for a query in the address that any page could have a browser ask for, and no mutation there at all", async () => {
    const target = (text: string) => `/graphql?query=${encodeURIComponent(text)}`;
    for (const headers of [{}, { accept: "image/*" }, { "sec-fetch-site": "cross-site" }])
      expect((await under.raw(target("{status{version}}"), headers)).status).toBe(400);
    const chosen = { "apollo-require-preflight": "1" };
    expect((await under.raw(target("{status{version}}"), chosen)).status).toBe(200);
    expect((await under.raw(target("{status{version}}"), { ...chosen, origin: "null" })).status).toBe(403);
    const mutation = await under.raw(target('mutation { undoFeedback(id: "x") }'), chosen);
    expect(mutation.status).toBe(405);
  });

  it("403 for a WebSocket of a foreign page, 404 for one elsewhere", async () => {
    const refusal = (url: string, origin?: string) =>
      new Promise((_, reject) => {
        new WebSocket(url, "graphql-transport-ws", origin === undefined ? {} : { origin }).on(
          "error",
          reject,
        );
      });
    const url = `ws://${under.api.address}`;
    await expect(refusal(`${url}/graphql`, "https://evil.example")).rejects.toThrow(/403/);
    await expect(refusal(`${url}/graphql`, "http://localhost:3000")).rejects.toThrow(/403/);
    await expect(refusal(`${url}/graphql`, "null")).rejects.toThrow(/403/);
    await expect(refusal(`${url}/other`)).rejects.toThrow(/404/);
  });

  it("400 for a body that is no JSON, or no operation", async () => {
    for (const body of ["{", "[]", "null", "1", '{"query":1}', "{}"])
      expect((await under.raw("/graphql", json, body)).status).toBe(400);
  });

  it("413 for a huge body, announced or not, and the next request is answered", async () => {
    const huge = JSON.stringify({ query: `{ status { version } } #${"x".repeat(2_000_000)}` });
    const chunked = await fetch(`http://${under.api.address}/graphql`, {
      method: "POST",
      headers: json,
      body: new Blob([huge]).stream(),
      duplex: "half",
    } as RequestInit);
    expect(chunked.status).toBe(413);
    expect((await fetch(`http://${under.api.address}/graphql`, { method: "POST", body: huge })).status).toBe(
      413,
    );
    expect((await under.ask("{ status { version } }")).data).toBeDefined();
  });

  it("405 for other methods", async () => {
    for (const [method, path] of [
      ["PUT", "/graphql"],
      ["POST", "/"],
      ["DELETE", "/index.html"],
    ])
      expect(
        (await fetch(`http://${under.api.address}${path}`, { method: `${method}`, headers: json })).status,
      ).toBe(405);
  });
});

describe("whatever a peer sends, the API goes on", () => {
  const exchange = (text: string, reset = false) =>
    new Promise<string>((resolve) => {
      const [, port] = under.api.address.split(":");
      let received = "";
      const socket = connect(Number(port), "127.0.0.1", () => {
        socket.write(text, () => {
          if (reset) socket.resetAndDestroy();
        });
      });
      socket.on("data", (bytes) => {
        received += bytes.toString();
      });
      socket.on("error", () => resolve(received));
      socket.on("close", () => resolve(received));
    });
  const upgrade = (target: string, host: string) =>
    `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`;

  it.each(["//", "///", "http://[", "/%", "*", "/graphql/../x"])("upgrade to %s", async (target) => {
    expect(await exchange(upgrade(target, "localhost"))).toMatch(/^HTTP\/1\.1 404/);
    const plain = await exchange(`GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    expect(plain).toMatch(/^HTTP\/1\.1 (200|404)/);
    expect((await under.ask("{ status { version } }")).data).toBeDefined();
  });

  it("a peer that resets its refused connection", async () => {
    for (let i = 0; i < 20; i++) await exchange(upgrade("/graphql", "evil.example"), true);
    expect((await under.ask("{ status { version } }")).data).toBeDefined();
  });
});

describe("what is wrong inside is not told, but what helps", () => {
  it("UNAVAILABLE while another process holds the database", async () => {
    const rival = new SqliteDatabase(under.path);
    rival.exec("begin immediate");
    const feedback = `mutation { addFeedback(input: { anomalyId: "${idOf(1)}", isTrueAnomaly: true }) { id } }`;
    const { errors } = await under.ask(feedback);
    rival.exec("rollback");
    rival.close();
    expect(errors?.[0]?.extensions.code).toBe("UNAVAILABLE");
    expect(JSON.stringify(errors)).not.toContain(under.path);
    await waitFor("the cause to be logged", () =>
      under.hidden.some((cause) => cause.includes("locked")) ? true : undefined,
    );
    expect(await under.codeOf(feedback)).toBeUndefined();
  });

  it("UNAVAILABLE for a row that logbert did not write", async () => {
    await under.stage.saveBatch({ ...NOTHING, anomalies: [anAnomaly(7)] });
    const rival = new SqliteDatabase(under.path);
    rival.prepare("update anomalies set explanation = 'secret-detail' where id = ?").run(idOf(7));
    rival.close();
    const { errors } = await under.ask(`{ anomaly(id: "${idOf(7)}") { id } }`);
    expect(errors?.[0]?.extensions.code).toBe("UNAVAILABLE");
    expect(JSON.stringify(errors)).not.toContain("secret-detail");
  });
});
