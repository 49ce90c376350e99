import type { Kysely, QueryExecutorProvider } from "kysely";
import { type Migration, Migrator } from "kysely/migration";
import { firstTables } from "./migrations/0001-first-tables.ts";
import { trainingTables } from "./migrations/0002-training.ts";
import { journalTable } from "./migrations/0003-journal.ts";
import { learningLoop } from "./migrations/0004-learning-loop.ts";
import { alertTables } from "./migrations/0005-alerts.ts";
import { llmExplanations } from "./migrations/0006-llm-explanations.ts";
import { deploymentTables } from "./migrations/0007-deployments.ts";
import { alertMessages } from "./migrations/0008-alert-messages.ts";
import { postgres } from "./migrations/0009-postgres.ts";
import { replicas } from "./migrations/0010-replicas.ts";
import { sharedTraining } from "./migrations/0011-shared-training.ts";
import { serviceMemories } from "./migrations/0012-service-memories.ts";
import { currentSchema } from "./migrations/dialect.ts";
import { StoreError } from "./store.ts";
import type { Tables } from "./tables.ts";

/** Append-only: a migration that has been released is never changed. */
const MIGRATIONS: Readonly<Record<string, Migration>> = {
  "0001-first-tables": firstTables,
  "0002-training": trainingTables,
  "0003-journal": journalTable,
  "0004-learning-loop": learningLoop,
  "0005-alerts": alertTables,
  "0006-llm-explanations": llmExplanations,
  "0007-deployments": deploymentTables,
  "0008-alert-messages": alertMessages,
  "0009-postgres": postgres,
  "0010-replicas": replicas,
  "0011-shared-training": sharedTraining,
  "0012-service-memories": serviceMemories,
};

/** Whether {@link migrate} has nothing to do. Rejects as it does. */
export async function isUpToDate(db: Kysely<Tables>): Promise<boolean> {
  const applied = new Set(await appliedMigrations(db));
  refuseNewerSchema(applied);
  return Object.keys(MIGRATIONS).every((name) => applied.has(name));
}

/**
 * Brings the database to this program's schema. Rejects when a newer program has already gone further, or with what the database said.
 * @param before done before each migration, in their transaction
 */
export async function migrate(
  db: Kysely<Tables>,
  before: (transaction: QueryExecutorProvider) => Promise<void> = async () => undefined,
): Promise<void> {
  const schema = await currentSchema(db);
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => after(before) },
    ...(schema === undefined ? {} : { migrationTableSchema: schema }),
  });
  refuseNewerSchema(await appliedMigrations(db));
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
}

function after(before: (transaction: QueryExecutorProvider) => Promise<void>): Record<string, Migration> {
  const up = (migration: Migration) => async (transaction: Parameters<Migration["up"]>[0]) => {
    await before(transaction);
    await migration.up(transaction);
  };
  return Object.fromEntries(
    Object.entries(MIGRATIONS).map(([name, migration]) => [name, { up: up(migration) }]),
  );
}

/** Other programs may have such a table in other schemas. */
async function appliedMigrations(db: Kysely<Tables>): Promise<readonly string[]> {
  const own = await currentSchema(db);
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some(({ name, schema }) => name === "kysely_migration" && schema === own)) return [];
  const rows = await db
    .withTables<{ kysely_migration: { name: string } }>()
    .selectFrom("kysely_migration")
    .select("name")
    .execute();
  return rows.map(({ name }) => name);
}

function refuseNewerSchema(applied: Iterable<string>): void {
  const unknown = [...applied].find((name) => !Object.hasOwn(MIGRATIONS, name));
  if (unknown === undefined) return;
  throw new StoreError(
    "newer-schema",
    `the database has the migration "${unknown}", which this version of logbert does not know`,
    "run the newer logbert that wrote it, or name another database",
  );
}
