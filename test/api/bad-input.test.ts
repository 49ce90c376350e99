import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { anAnomaly, idOf } from "../store-contract/an-anomaly.ts";
import { type ApiUnderTest, SHOP, startApiUnderTest } from "./start-api.ts";

let under: ApiUnderTest;
beforeAll(async () => {
  under = await startApiUnderTest();
  await under.stage.saveBatch({
    ...SHOP,
    anomalies: Array.from({ length: 5 }, (_, i) => anAnomaly(i + 1)),
    templates: [1, 2].map((n) => ({
      id: `t${n}`,
      service: "shop",
      text: `t${n}`,
      count: 1,
      firstSeenMs: 0,
      lastSeenMs: 0,
    })),
  });
});
afterAll(() => under.close());

const json = { "content-type": "application/json" };
const aliases = (count: number, field: string) =>
  `{ ${Array.from({ length: count }, (_, i) => `a${i}: ${field}`).join(" ")} }`;
/** The status and the first error's code. */
async function refusalOf(body: string): Promise<readonly [number, unknown]> {
  const { status, text } = await under.raw("/graphql", json, body);
  return [status, JSON.parse(text).errors?.[0]?.extensions.code];
}

describe("cursors of one list are none of another", () => {
  it("however the lists are paired", async () => {
    await under.ask('mutation { a: setThreshold(input: { service: "shop", value: 0.9 }) { mode } }');
    await under.ask('mutation { b: setThreshold(input: { service: "shop", value: 0.8 }) { mode } }');
    const lists: readonly ((page: string) => string)[] = [
      (page) => `anomalies(${page}) { edges { cursor } }`,
      (page) => `incidents(${page}) { edges { cursor } }`,
      (page) => `templates(${page}) { edges { cursor } }`,
      (page) => `threshold(service: "shop") { history(${page}) { edges { cursor } } }`,
    ];
    const cursors = await Promise.all(
      lists.map(async (list) => {
        const { data } = await under.ask(`{ ${list("first: 1")} }`);
        return /"cursor":"([^"]+)"/.exec(JSON.stringify(data))?.[1] ?? "none";
      }),
    );
    expect(new Set(cursors).size).toBe(lists.length);
    for (const [listed, list] of lists.entries())
      for (const [from, cursor] of cursors.entries())
        expect(await under.codeOf(`{ ${list(`after: "${cursor}"`)} }`), `${from} given to ${listed}`).toBe(
          listed === from ? undefined : "BAD_USER_INPUT",
        );
  });
});

describe("ids that nobody has", () => {
  const ids = ["none", "", idOf(99), "x".repeat(100_000), "\u0000", "' or 1=1 --", "__proto__"];

  it.each(ids.map((id) => [id.slice(0, 20), id]))(
    "%j is null to a question and NOT_FOUND to a change",
    async (_, id) => {
      const { data, errors } = await under.ask(
        "query ($id: ID!) { anomaly(id: $id) { id } incident(id: $id) { id } anomalies(filter: { incidentId: $id }) { totalCount } }",
        { id },
      );
      expect(errors).toBeUndefined();
      expect(data).toEqual({ anomaly: null, incident: null, anomalies: { totalCount: 0 } });
      const changes = [
        "addFeedback(input: { anomalyId: $id, isTrueAnomaly: true }) { id }",
        "addIncidentFeedback(input: { incidentId: $id, isTrueAnomaly: true }) { id }",
      ];
      for (const change of changes)
        expect(await under.codeOf(`mutation ($id: ID!) { ${change} }`, { id })).toBe("NOT_FOUND");
      expect((await under.ask("mutation ($id: ID!) { undoFeedback(id: $id) }", { id })).data).toEqual({
        undoFeedback: false,
      });
    },
  );
});

describe("values that are no scores", () => {
  const preview = 'query ($value: Float!) { thresholdPreview(service: "shop", value: $value) { alerts } }';
  it.each([1.000001, -0.000001, "0.5", "NaN", "Infinity", null, true, [], {}, [0.5, 0.5], "__proto__"])(
    "%j as a variable",
    async (value) => {
      expect(await under.codeOf(preview, { value })).toBe("BAD_USER_INPUT");
    },
  );

  it.each(["1e999", "-1e999", "NaN", "Infinity", '"0.5"', "2", "[0.5, 0.5]"])(
    "%s as it is written",
    async (value) => {
      expect(await under.codeOf(`{ thresholdPreview(service: "shop", value: ${value}) { alerts } }`)).toMatch(
        /BAD_USER_INPUT|GRAPHQL_VALIDATION_FAILED/,
      );
    },
  );

  it.each(["minScore: 1.5", "maxScore: -1", "minScore: 1e999"])("a filter of %s", async (filter) => {
    expect(await under.codeOf(`{ anomalies(filter: { ${filter} }) { totalCount } }`)).toBe("BAD_USER_INPUT");
    expect(await under.codeOf(`{ incidents(filter: { ${filter} }) { nodes { id } } }`)).toBe(
      "BAD_USER_INPUT",
    );
  });

  it("a number that JSON has and no computer", async () => {
    const body = `{"query":${JSON.stringify(preview)},"variables":{"value":1e999}}`;
    expect((await refusalOf(body))[1]).toBe("BAD_USER_INPUT");
  });

  it("a text to look for that is longer than a database compares", async () => {
    const query = "query ($text: String!) { anomalies(filter: { text: $text }) { totalCount } }";
    expect(await under.codeOf(query, { text: "%".repeat(60_000) })).toBe("BAD_USER_INPUT");
    expect(await under.codeOf(query, { text: "_%\\".repeat(300) })).toBeUndefined();
  });
});

describe("requests of an odd form", () => {
  it("413: a query of 10 MB, from its announcement on", async () => {
    const headers = { "content-type": "application/json", "content-length": "10000000" };
    const { status, text } = await under.raw("/graphql", headers, '{ "query": "');
    expect([status, /"code":"(\w+)"/.exec(text)?.[1]]).toEqual([413, "BAD_REQUEST"]);
  });

  it("400: a thousand aliases, a hundred levels", async () => {
    expect(await refusalOf(JSON.stringify({ query: aliases(1_000, "__typename") }))).toEqual([
      400,
      "GRAPHQL_PARSE_FAILED",
    ]);
    expect(await refusalOf(JSON.stringify({ query: aliases(100, "status { version }") }))).toEqual([
      400,
      "GRAPHQL_VALIDATION_FAILED",
    ]);
    const deep = `{ anomalies { nodes ${"{ incident { strongest ".repeat(50)} { id } ${"} }".repeat(50)} } }`;
    expect(await refusalOf(JSON.stringify({ query: deep }))).toEqual([400, "GRAPHQL_VALIDATION_FAILED"]);
  });

  it("400: several operations in an array", async () => {
    const one = { query: "{ status { version } }" };
    expect(await refusalOf(JSON.stringify([one, one]))).toEqual([400, "BAD_REQUEST"]);
  });

  it("400: bytes that are no UTF-8, and nothing is stored of them", async () => {
    const body = Buffer.from(
      JSON.stringify({
        query: `mutation { addFeedback(input: { anomalyId: "${idOf(1)}", isTrueAnomaly: true, note: "??" }) { id } }`,
      }),
    );
    body.set([0xc3, 0x28], body.indexOf("??"));
    const response = await fetch(`http://${under.api.address}/graphql`, {
      method: "POST",
      headers: json,
      body,
    });
    expect(response.status).toBe(400);
    expect((await under.stage.countFeedback()).confirmed).toBe(0);
  });

  it("variables nested without end are not followed", async () => {
    const nested = `${"[".repeat(200_000)}${"]".repeat(200_000)}`;
    const [status, code] = await refusalOf(
      `{"query":"query ($filter: AnomalyFilter) { anomalies(filter: $filter) { totalCount } }","variables":{"filter":${nested}}}`,
    );
    expect([status, code]).toEqual([400, "BAD_USER_INPUT"]);
    const unused = await under.raw(
      "/graphql",
      json,
      `{"query":"{ status { version } }","variables":{"x":${nested}}}`,
    );
    expect(unused.status).toBe(200);
  });

  it("names that every object has are names like others", async () => {
    const setting = '{"service":"shop","value":0.5,"__proto__":{"auto":true}}';
    expect(
      await refusalOf(
        `{"query":"mutation ($input: ThresholdInput!) { setThreshold(input: $input) { value } }","variables":{"input":${setting}}}`,
      ),
    ).toEqual([400, "BAD_USER_INPUT"]);
    const polluting =
      '{"query":"{ status { version } }","__proto__":{"polluted":1},"variables":{"__proto__":{"polluted":1}}}';
    expect((await under.raw("/graphql", json, polluting)).status).toBe(200);
    const { data } = await under.ask("{ constructor: status { toString: version } }");
    expect(JSON.stringify(data)).toBe('{"constructor":{"toString":"1.2.3"}}');
    expect(
      await under.codeOf("query { ...constructor } fragment constructor on Query { status { version } }"),
    ).toBe(undefined);
    expect(await under.codeOf('{ threshold(service: "__proto__") { value } }')).toBe("NOT_FOUND");
    expect(await under.codeOf("{ __proto__ }")).toBe("GRAPHQL_VALIDATION_FAILED");
  });

  it("405: a mutation by GET", async () => {
    const mutation = `mutation { setThreshold(input: { service: "shop", value: 0.1 }) { value } }`;
    const { status } = await under.raw(`/graphql?query=${encodeURIComponent(mutation)}`, {
      "apollo-require-preflight": "1",
    });
    expect(status).toBe(405);
    expect((await under.stage.threshold("shop"))?.value).not.toBe(0.1);
  });
});

describe("what is answered elsewhere, or not at all", () => {
  const json = { "content-type": "application/json" };

  it.each([
    ["application/json", 400, "WebSocket"],
    ["text/event-stream", 406, "accept"],
    ["multipart/mixed", 406, "accept"],
  ])("a subscription over HTTP that accepts %s: %d, and nothing is logged", async (accept, wanted, word) => {
    const before = under.hidden.length;
    const query = "subscription { anomalyDetected { id } }";
    const { status, text } = await under.raw("/graphql", { ...json, accept }, JSON.stringify({ query }));
    expect(status).toBe(wanted);
    expect(text).toContain("BAD_REQUEST");
    expect(text).toContain(word);
    expect(under.hidden.length).toBe(before);
  });

  it("a query by its hash alone", async () => {
    const extensions = { persistedQuery: { version: 1, sha256Hash: "0".repeat(64) } };
    const { text } = await under.raw("/graphql", json, JSON.stringify({ extensions }));
    expect(text).toContain("PERSISTED_QUERY_NOT_SUPPORTED");
  });

  it("an operation that the document does not have", async () => {
    const body = JSON.stringify({ query: "query A { status { version } }", operationName: "B" });
    const { status, text } = await under.raw("/graphql", json, body);
    expect([status, text]).toEqual([400, expect.stringContaining("OPERATION_RESOLUTION_FAILURE")]);
  });
});

describe("people at the same time", () => {
  it("lose no judgement to each other, and the last word is one of theirs", async () => {
    const give = (isTrueAnomaly: boolean) =>
      under.codeOf(
        `mutation { addFeedback(input: { anomalyId: "${idOf(2)}", isTrueAnomaly: ${isTrueAnomaly} }) { id } }`,
      );
    const codes = await Promise.all(Array.from({ length: 20 }, (_, i) => give(i % 2 === 0)));
    expect(codes.filter((code) => code !== undefined)).toEqual([]);
    const { data } = await under.ask(`{ anomaly(id: "${idOf(2)}") { feedback { isTrueAnomaly } } }`);
    expect(JSON.stringify(data).match(/isTrueAnomaly/g)).toHaveLength(20);
  });

  it("are told when they change what another one has changed since", async () => {
    const { data } = await under.ask('{ threshold(service: "shop") { changeId } }');
    const seen = /"changeId":("\d+"|null)/.exec(JSON.stringify(data))?.[1];
    const changes = await Promise.all(
      [0.6, 0.7, 0.8].map((value) =>
        under.codeOf(
          `mutation { setThreshold(input: { service: "shop", value: ${value}, basedOn: ${seen} }) { value } }`,
        ),
      ),
    );
    expect(changes.toSorted()).toEqual(["CONFLICT", "CONFLICT", undefined]);
  });
});

it("was never told of a mistake of its own by any of it", () => {
  expect(under.hidden).toEqual([]);
});
