import { Kysely, PostgresDialect, sql } from "kysely";
import { type Migration, Migrator } from "kysely/migration";
import { Client, Pool } from "pg";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { firstTables } from "../../store/migrations/0001-first-tables.ts";
import { trainingTables } from "../../store/migrations/0002-training.ts";
import { journalTable } from "../../store/migrations/0003-journal.ts";
import { learningLoop } from "../../store/migrations/0004-learning-loop.ts";
import { alertTables } from "../../store/migrations/0005-alerts.ts";
import { llmExplanations } from "../../store/migrations/0006-llm-explanations.ts";
import { deploymentTables } from "../../store/migrations/0007-deployments.ts";
import { alertMessages } from "../../store/migrations/0008-alert-messages.ts";
import { postgres } from "../../store/migrations/0009-postgres.ts";
import { openStore } from "../../store/open-store.ts";
import { beginWriting } from "../../store/postgres.ts";
import type { Store } from "../../store/store.ts";
import type { Tables } from "../../store/tables.ts";
import { type TestDatabase, testDatabase } from "../helpers/test-database.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { EMPTY } from "../store-contract/empty-batch.ts";
import { failureOf } from "../store-contract/failure-of.ts";

/** Before several stages shared a database. */
const EARLIER: Readonly<Record<string, Migration>> = {
  "0001-first-tables": firstTables,
  "0002-training": trainingTables,
  "0003-journal": journalTable,
  "0004-learning-loop": learningLoop,
  "0005-alerts": alertTables,
  "0006-llm-explanations": llmExplanations,
  "0007-deployments": deploymentTables,
  "0008-alert-messages": alertMessages,
  "0009-postgres": postgres,
};

let database: TestDatabase;
let earlier: Kysely<Tables>;
const opened: Store[] = [];
beforeEach(async () => {
  database = await testDatabase();
  const pool = new Pool({ connectionString: database.settings.url });
  earlier = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
});
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
  await earlier.destroy();
});

async function open(): Promise<Store> {
  const store = await openStore(database.settings);
  opened.push(store);
  return store;
}

/** Whether somebody waits for a lock in the database. */
async function isAwaited(): Promise<true | undefined> {
  const client = new Client({ connectionString: database.settings.url });
  await client.connect();
  const { rowCount } = await client.query(
    "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
  );
  await client.end();
  return rowCount === 0 ? undefined : true;
}

describe("a database in which stages of an earlier version write", () => {
  it("is brought up to date between two of their transactions", async () => {
    const migrator = new Migrator({ db: earlier, provider: { getMigrations: async () => ({ ...EARLIER }) } });
    expect((await migrator.migrateToLatest()).error).toBeUndefined();
    let coming: Promise<Store> | undefined;
    await earlier.connection().execute(async (connection) => {
      await beginWriting(connection);
      const write = (table: keyof Tables) => connection.deleteFrom(table).execute();
      await write("anomalies");
      coming = open();
      await waitFor("it to wait", isAwaited);
      await write("stage_status");
      await sql`commit`.execute(connection);
    });
    expect(await (await coming)?.statuses()).toEqual([]);
  });

  it("is opened by many at once while it is empty", async () => {
    const stores = await Promise.all(Array.from({ length: 10 }, open));
    await Promise.all(stores.map((store) => store.configureModel("logbert-s", 1)));
    expect(await stores[0]?.models()).toMatchObject([{ version: "logbert-s", isActive: true }]);
  });

  it("tells them that they are of an earlier version when it has other tables than they know", async () => {
    const store = await open();
    await database.run("alter table services rename column records to records_of_a_newer_version");
    const batch = {
      ...EMPTY,
      services: [{ name: "shop", records: 1, anomalies: 0, learningState: "ready", lastSeenMs: 1 }],
    } as const;
    const error = await failureOf(store.saveBatch(batch));
    expect(error.code).toBe("newer-schema");
    expect(error.remedy).toContain("newer logbert");
  });
});
