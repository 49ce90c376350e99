import { createClient } from "graphql-ws";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { type ApiUnderTest, startApiUnderTest } from "./start-api.ts";

let under: ApiUnderTest;
beforeAll(async () => {
  under = await startApiUnderTest({ introspection: false });
});
afterAll(() => under.close());

/** What an operation is told over HTTP. */
const overHttp = async (query: string) => JSON.stringify(await under.ask(query));

/** The same over WebSocket. */
const overWebSocket = (query: string) =>
  new Promise<string>((resolve) => {
    const client = createClient({
      url: `ws://${under.api.address}/graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
    });
    const done = (told: unknown) => {
      resolve(JSON.stringify(told));
      void client.dispose();
    };
    client.subscribe({ query }, { next: done, error: done, complete: () => undefined });
  });

describe.each([
  ["HTTP", overHttp],
  ["WebSocket", overWebSocket],
])("over %s, where the schema is not to be asked for", (_, ask) => {
  it.each(["{ __schema { types { name } } }", '{ __type(name: "Query") { fields { name } } }'])(
    "it is not told: %s",
    async (query) => {
      const told = await ask(query);
      expect(told).toContain("GRAPHQL_VALIDATION_FAILED");
      expect(told).not.toContain("anomalies");
    },
  );

  it.each([
    ["anomalie", "{ anomalie { id } }"],
    ["firs", "{ anomalies(firs: 1) { totalCount } }"],
    ["UNLABELED", "{ anomalies(filter: { verdict: UNLABELED }) { totalCount } }"],
  ])("nor what was meant by %s", async (_name, query) => {
    const told = await ask(query);
    expect(told).toContain("GRAPHQL_VALIDATION_FAILED");
    expect(told).not.toContain("Did you mean");
  });

  it("the name of an object's type is told as ever: clients need it", async () => {
    expect(await ask("{ viewer { __typename } }")).toContain("Viewer");
  });
});
