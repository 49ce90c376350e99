import { Client } from "pg";
import { afterEach, beforeEach, describe, expect, inject, it } from "vitest";
import { openStore } from "../../store/open-store.ts";
import type { Store } from "../../store/store.ts";
import { type TestDatabase, testDatabase } from "../helpers/test-database.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { anAnomaly, idOf } from "../store-contract/an-anomaly.ts";
import { EMPTY } from "../store-contract/empty-batch.ts";
import { failureOf } from "../store-contract/failure-of.ts";
import { type PostgresServer, postgres, startPostgres } from "./postgres-server.ts";

let database: TestDatabase;
let store: Store;
beforeEach(async () => {
  database = await testDatabase();
  store = await openStore(database.settings);
});
afterEach(() => store.close());

const urlOf = (changes: Partial<URL>) =>
  Object.assign(new URL(inject("postgresUrl") ?? ""), changes).href.replace("logbert@", "logbert:hunter2@");

/** Locks the anomalies until told to let go. */
async function lockAnomalies(): Promise<() => Promise<void>> {
  const holder = new Client({ connectionString: database.settings.url });
  await holder.connect();
  await holder.query("begin; lock table anomalies");
  return () => holder.end();
}

describe("a PostgreSQL that cannot be used", () => {
  it("is told when its user may not make tables", async () => {
    await database.run("create role reader login");
    const url = Object.assign(new URL(database.settings.url ?? ""), { username: "reader" }).href;
    await database.run("drop owned by reader; drop schema public cascade; create schema public");
    const error = await failureOf(openStore({ url }));
    expect(error.code).toBe("unreachable");
    expect(error.remedy).toContain("grant");
    await database.run("drop role reader");
    await store.close();
    store = await openStore(database.settings);
  });

  it("gives up a statement that waits for another one's lock", async () => {
    const hurried = await openStore({ ...database.settings, statement_timeout_ms: 200 });
    const letGo = await lockAnomalies();
    expect((await failureOf(hurried.countAnomalies({}))).code).toBe("locked");
    await letGo();
    const counted = () => hurried.countAnomalies({}).catch(() => undefined);
    expect(await waitFor("the table", counted)).toBe(0);
    await hurried.close();
  });
});

describe("a PostgreSQL that cannot hold what SQLite does", () => {
  it("is refused where its encoding has not every character", async () => {
    const name = `latin_${database.name}`;
    await database.run(`create database ${name} encoding 'LATIN1' locale 'C' template template0`);
    const error = await failureOf(openStore({ url: urlOf({ pathname: `/${name}` }) }));
    expect(error.message).toContain("LATIN1");
    expect(error.remedy).toContain("--encoding=UTF8");
  });

  it("is refused where it takes no writes, as a standby does", async () => {
    await database.run(`alter database ${database.name} set default_transaction_read_only = on`);
    const other = await openStore(database.settings);
    const error = await failureOf(other.saveBatch({ ...EMPTY, anomalies: [anAnomaly(1)] }));
    await other.close();
    expect(error.code).toBe("unreachable");
    expect(error.remedy).toContain("standby");
  });

  it("is refused where its schema is not there", async () => {
    const url = `${database.settings.url}?options=-csearch_path%3Dnowhere`;
    expect((await failureOf(openStore({ url }))).remedy).toContain("create schema");
  });
});

it("keeps apart what is in two schemas of one database", async () => {
  await database.run("create schema one; create schema two");
  const [one, two] = await Promise.all(
    ["one", "two"].map((name) =>
      openStore({ url: `${database.settings.url}?options=-csearch_path%3D${name}` }),
    ),
  );
  await one?.saveBatch({ ...EMPTY, anomalies: [anAnomaly(1)] });
  expect(await one?.countAnomalies({})).toBe(1);
  expect(await two?.countAnomalies({})).toBe(0);
  await Promise.all([one?.close(), two?.close()]);
});

it("says so when every connection is in use for too long", async () => {
  const narrow = await openStore({ ...database.settings, max_connections: 1 });
  const letGo = await lockAnomalies();
  const first = narrow.countAnomalies({});
  const error = await failureOf(narrow.services());
  expect(error.code).toBe("locked");
  expect(error.remedy).toContain("max_connections");
  await letGo();
  expect(await first).toBe(0);
  await narrow.close();
});

it("asks a server nothing more that has fallen silent, and goes on when it speaks again", async () => {
  const server = await startPostgres(postgres().path ?? "");
  const other = await openStore({ url: server.url, statement_timeout_ms: 1_000 });
  try {
    await Promise.all([other.saveBatch(EMPTY), other.services()]);
    server.freeze();
    const told = await Promise.race([
      failureOf(other.saveBatch(EMPTY)).then(() => "the batch"),
      // The one behind the other: they take longer than what waits once.
      failureOf(other.services()).then(() => failureOf(other.services())),
    ]);
    expect(told).toBe("the batch");
    server.thaw();
    await waitFor("the server", () =>
      other.saveBatch(EMPTY).then(
        () => true,
        () => undefined,
      ),
    );
  } finally {
    server.thaw();
    await other.close();
    await server.remove();
  }
});

it("goes on by itself after its server was away", async () => {
  const { path = "" } = postgres();
  const server: PostgresServer = await startPostgres(path);
  const other = await openStore({ url: server.url });
  try {
    await other.saveBatch({ ...EMPTY, anomalies: [anAnomaly(1)] });
    await server.stop();
    expect((await failureOf(other.saveBatch({ ...EMPTY, anomalies: [anAnomaly(2)] }))).code).toBe(
      "unreachable",
    );
    await server.start();
    await other.saveBatch({ ...EMPTY, anomalies: [anAnomaly(2)] });
    expect((await other.anomalies({}, { first: 9 })).map(({ id }) => id)).toEqual([idOf(2), idOf(1)]);
  } finally {
    await other.close();
    await server.remove();
  }
});

it("keeps texts with NUL, which PostgreSQL does not have, with a sign in its place", async () => {
  await store.saveBatch({ ...EMPTY, anomalies: [anAnomaly(1, { body: "a\0b", service: "x\0" })] });
  expect(await store.anomaly(idOf(1))).toMatchObject({ body: "a\ufffdb", service: "x\ufffd" });
  expect(await store.countAnomalies({ service: "x\0" })).toBe(1);
});

it("counts beyond 32 bits", async () => {
  const service = {
    name: "shop",
    records: 5e9,
    anomalies: 0,
    learningState: "ready",
    lastSeenMs: 1.7e12,
  } as const;
  await store.saveBatch({ ...EMPTY, services: [service] });
  await store.saveBatch({ ...EMPTY, services: [service] });
  expect(await store.services()).toEqual([{ ...service, records: 1e10 }]);
});
