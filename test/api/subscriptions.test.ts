import { type Client, createClient } from "graphql-ws";
import { afterEach, beforeEach, expect, it } from "vitest";
import { WebSocket } from "ws";
import type { LiveRecord } from "../../store/live-record.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { anAnomaly, idOf } from "../store-contract/an-anomaly.ts";
import { type ApiUnderTest, NOTHING, startApiUnderTest } from "./start-api.ts";

let under: ApiUnderTest;
let client: Client;
beforeEach(async () => {
  under = await startApiUnderTest({
    max_operations_per_connection: 5,
    max_subscriptions: 2,
    max_rows_per_operation: 500,
  });
  client = connect();
});
afterEach(async () => {
  await client.dispose();
  await under.close();
});

function connect(): Client {
  return createClient({
    url: `ws://${under.api.address}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    onNonLazyError: () => undefined,
  });
}

interface Listener {
  readonly results: unknown[];
  readonly failures: unknown[];
  leave(): void;
}

function follow(query: string, over: Client = client): Listener {
  const results: unknown[] = [];
  const failures: unknown[] = [];
  const leave = over.subscribe(
    { query },
    {
      next: (result) => results.push(result.data ?? result.errors),
      error: (error) => failures.push(error),
      complete: () => undefined,
    },
  );
  return { results, failures, leave };
}

/** A subscription says not when it has begun: stores anomalies until it tells one. */
async function untilHeard({ results }: Listener, first: number): Promise<number> {
  let number = first;
  await waitFor("the subscription to begin", async () => {
    await under.stage.saveBatch({ ...NOTHING, anomalies: [anAnomaly(number)] });
    number += 1;
    return results.length > 0 ? true : undefined;
  });
  await waitFor("the last of them", () =>
    JSON.stringify(results.at(-1)).includes(idOf(number - 1)) ? true : undefined,
  );
  return number;
}

/** The same for incidents: each anomaly is added to the one that is there. Tells how many there are of them in the end. */
async function untilHeardOf({ results }: Listener): Promise<number> {
  let number = 2;
  await waitFor("the subscription to begin", async () => {
    await under.stage.saveBatch({ ...NOTHING, anomalies: [anAnomaly(number)] });
    number += 1;
    return results.length > 0 ? true : undefined;
  });
  return number - 1;
}

const record: LiveRecord = {
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

it("tells what is wrong with an operation, and leaves the others of the connection alone", async () => {
  const good = follow("subscription { anomalyDetected { id } }");
  await untilHeard(good, 1);
  for (const [query, code] of [
    ["subscription {", "GRAPHQL_PARSE_FAILED"],
    ["subscription { secrets }", "GRAPHQL_VALIDATION_FAILED"],
    [`subscription { ${"a ".repeat(3_000)} }`, "GRAPHQL_PARSE_FAILED"],
    ["{ anomalies(first: 500000) { nodes { id } } }", "GRAPHQL_VALIDATION_FAILED"],
  ]) {
    const bad = follow(query ?? "");
    await waitFor(`${code}`, () => (bad.failures.length > 0 ? true : undefined));
    expect(bad.failures).toMatchObject([[{ extensions: { code } }]]);
  }
  const wrong = follow("{ anomalies(first: 501) { totalCount } }");
  await waitFor("BAD_USER_INPUT", () => (wrong.results.length > 0 ? true : undefined));
  expect(JSON.stringify(wrong.results)).toContain("BAD_USER_INPUT");
  await under.stage.saveBatch({ ...NOTHING, anomalies: [anAnomaly(9_999)] });
  await waitFor("the good one to go on", () =>
    JSON.stringify(good.results.at(-1)).includes(idOf(9_999)) ? true : undefined,
  );
  expect(good.failures).toEqual([]);
});

it("bounds the operations of a connection, and the connections", async () => {
  const listeners = Array.from({ length: 6 }, () => follow("subscription { records { body } }"));
  await waitFor("a refusal", () => listeners.find(({ failures }) => failures.length > 0));
  expect(listeners.flatMap(({ failures }) => failures)).toMatchObject([
    [{ extensions: { code: "UNAVAILABLE" } }],
  ]);
  listeners[0]?.leave();
  const another = follow("subscription { records { body } }");
  const show = await waitFor("somebody to watch", () => under.api.live());
  await waitFor("a record on the freed place", () => {
    show([record]);
    return another.results.length > 0 ? true : undefined;
  });

  const second = connect();
  const third = connect();
  const here = follow("subscription { records { body } }", second);
  await waitFor("the second connection", () => {
    show([record]);
    return here.results.length > 0 ? true : undefined;
  });
  const refused = follow("{ status { version } }", third);
  await waitFor("a refusal of the third", () => (refused.failures.length > 0 ? true : undefined));
  await second.dispose();
  await third.dispose();
});

it("closes a connection that sends too large a message, not the server", async () => {
  const socket = new WebSocket(`ws://${under.api.address}/graphql`, "graphql-transport-ws");
  const code = await new Promise((resolve) => {
    socket.on("open", () => socket.send("x".repeat(2_000_000)));
    socket.on("error", () => undefined);
    socket.on("close", resolve);
  });
  expect(code).toBe(1009);
  expect((await under.ask("{ status { version } }")).data).toBeDefined();
});

it("tells each anomaly once to everybody who asked for its service, those that are stored late too", async () => {
  await under.stage.saveBatch({ ...NOTHING, anomalies: [anAnomaly(1)] });
  const all = follow("subscription { anomalyDetected { id explanation { summary } feedback { id } } }");
  const next = await untilHeard(all, 100);
  const shop = follow('subscription { anomalyDetected(service: "shop") { id } }');
  await untilHeard(shop, next);
  const before = shop.results.length;
  await under.stage.saveBatch({
    ...NOTHING,
    anomalies: [anAnomaly(9_000), anAnomaly(9_001, { service: "other" })],
  });
  await waitFor("both", () => (JSON.stringify(all.results).includes(idOf(9_001)) ? true : undefined));
  // Found before the others, and stored after them.
  await under.stage.saveBatch({ ...NOTHING, anomalies: [anAnomaly(8_000)] });
  await waitFor("the late one", () => (shop.results.length >= before + 2 ? true : undefined));
  expect(shop.results.slice(before)).toEqual([
    { anomalyDetected: { id: idOf(9_000) } },
    { anomalyDetected: { id: idOf(8_000) } },
  ]);
  const ids = all.results.map((result) => JSON.stringify(result).match(/\d{26}/)?.[0]);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).not.toContain(idOf(1));
});

const usualWindow = anAnomaly(5).window.map((event) => ({ ...event, timeMs: 1e9 }));

it("may read as much for each event as one operation may", async () => {
  const usual = {
    slot: "usual shop t1 1",
    record: anAnomaly(5, { timeMs: 1e9, score: 0.1, window: usualWindow }),
  };
  await under.stage.saveBatch({ ...NOTHING, samples: [usual] });
  const all = follow("subscription { anomalyDetected { id nearestNormal { distance } feedback { id } } }");
  const next = await untilHeard(all, 100);
  const anomalies = Array.from({ length: 60 }, (_, i) => anAnomaly(next + i));
  await under.stage.saveBatch({ ...NOTHING, anomalies });
  await waitFor("the last one", () =>
    JSON.stringify(all.results.at(-1)).includes(idOf(next + 59)) ? true : undefined,
  );
  expect(all.results.at(-1)).toEqual({
    anomalyDetected: { id: idOf(next + 59), nearestNormal: { distance: 0 }, feedback: [] },
  });
});

it("reads for each event what is so now", async () => {
  await under.stage.saveBatch({ ...NOTHING, anomalies: [anAnomaly(1)] });
  const all = follow("subscription { incidentChanged { id anomalies feedback { id } } }");
  const anomalies = await untilHeardOf(all);
  await under.ask(`mutation { addFeedback(input: { anomalyId: "${idOf(1)}", isTrueAnomaly: true }) { id } }`);
  await under.stage.saveBatch({ ...NOTHING, anomalies: [anAnomaly(50)] });
  const last = { incidentChanged: { id: idOf(1), anomalies: anomalies + 1, feedback: [{}] } };
  await expect.poll(() => all.results.at(-1)).toMatchObject(last);
});

it("shows the live tail of a service, and asks for records only while somebody watches", async () => {
  expect(under.api.live()).toBeUndefined();
  const shop = follow('subscription { records(service: "shop") { time service severity score isAnomaly } }');
  const show = await waitFor("somebody to watch", () => under.api.live());
  show([
    { ...record, service: "other" },
    { ...record, score: 0.99, threshold: 0.9, isAnomaly: true, anomalyId: idOf(1) },
    record,
  ]);
  await waitFor("both records", () => (shop.results.length >= 2 ? true : undefined));
  const shown = { time: "1970-01-01T00:00:00.001Z", service: "shop", severity: "INFO" };
  expect(shop.results).toEqual([
    { records: { ...shown, score: 0.99, isAnomaly: true } },
    { records: { ...shown, score: null, isAnomaly: false } },
  ]);
  shop.leave();
  await waitFor("nobody to watch", () => (under.api.live() === undefined ? true : undefined));
});

it("lets go of those who left without a word", async () => {
  follow("subscription { records { body } }");
  await waitFor("somebody to watch", () => under.api.live());
  client.terminate();
  await waitFor("nobody to watch", () => (under.api.live() === undefined ? true : undefined));
});

it("one whose field is left out ends alone, as the caller's mistake", async () => {
  const other = follow("subscription { anomalyDetected { id } }");
  const number = await untilHeard(other, 1);
  const { failures } = follow("subscription { anomalyDetected @skip(if: true) { id } }");
  await waitFor("the refusal", () => (failures.length > 0 ? true : undefined));
  expect(failures).toMatchObject([[{ extensions: { code: "GRAPHQL_VALIDATION_FAILED" } }]]);
  await under.stage.saveBatch({ ...NOTHING, anomalies: [anAnomaly(number)] });
  await waitFor("the other one's next", () =>
    JSON.stringify(other.results.at(-1)).includes(idOf(number)) ? true : undefined,
  );
  expect([other.failures, under.hidden]).toEqual([[], []]);
});
