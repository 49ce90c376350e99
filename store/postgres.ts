import { Kysely, PostgresDialect, type QueryExecutorProvider, sql } from "kysely";
import { Pool, types } from "pg";
import type { StoreConfig } from "./config.ts";
import { isUpToDate, migrate } from "./migrate.ts";
import { asKyselyClient } from "./postgres-client.ts";
import { explainPostgres } from "./postgres-errors.ts";
import { requireFitness } from "./postgres-fitness.ts";
import { createSqlStore } from "./sql-store.ts";
import type { Store } from "./store.ts";
import type { Tables } from "./tables.ts";
import { explained, withExplainedErrors } from "./with-explained-errors.ts";

type PostgresConfig = Pick<StoreConfig, "url" | "max_connections" | "statement_timeout_ms">;

/** How long a connection may take, so that who waits for a database that is gone is told. */
const CONNECT_MS_MAX = 5_000;
/** Beyond a statement's own limit, which the server keeps: after that nobody answers any more. */
const SILENCE_MS_MAX = 5_000;
/** A transaction whose process has stalled holds what others wait for. */
const IDLE_IN_TRANSACTION_MS_MAX = 60_000;
/** Of the lock that whoever writes holds: "logb" in ASCII. */
const WRITERS = 0x6c6f6762;

/** What PostgreSQL sends as text because it may exceed a double: all of ours are counts and milliseconds. */
const NUMBERS: readonly number[] = [types.builtins.INT8, types.builtins.NUMERIC];

/**
 * Opens a PostgreSQL database and brings its schema up to date. Connections are made as they are needed, and anew after the server was
 * away. Rejects with a {@link StoreError} only, which never tells the password.
 */
export async function openPostgres(config: PostgresConfig, now: () => number): Promise<Store> {
  const db = await openPostgresDatabase(config);
  return withExplainedErrors(createSqlStore({ db, begin: beginWriting }, now), (error) =>
    explainPostgres(config.url, error),
  );
}

/** The same as a database for statements, whose errors are the driver's own. */
export function openPostgresDatabase(config: PostgresConfig): Promise<Kysely<Tables>> {
  return explained(
    async () => {
      const db = connect(config);
      try {
        await requireFitness(db);
        if (!(await isUpToDate(db))) await migrateWithoutLimit(config);
      } catch (error) {
        await db.destroy();
        throw error;
      }
      return db;
    },
    (error) => explainPostgres(config.url, error),
  );
}

/**
 * Bringing many rows up to date takes as long as it takes; others who would do the same wait, and who writes: stages of an earlier version
 * that still run would lock tables in an order of their own, and one of both be ended.
 */
async function migrateWithoutLimit(config: PostgresConfig): Promise<void> {
  const db = connect({ ...config, statement_timeout_ms: 0 });
  try {
    await migrate(db, waitForWriters);
  } finally {
    await db.destroy();
  }
}

/**
 * One writes after the other, as in SQLite: what is read in a transaction to be written is true until its end, and no two wait for
 * each other's rows.
 */
export async function beginWriting(connection: Kysely<Tables>): Promise<void> {
  await sql`begin`.execute(connection);
  await waitForWriters(connection);
}

/** Whoever else writes waits from then on, until the transaction's end. */
async function waitForWriters(transaction: QueryExecutorProvider): Promise<void> {
  await sql`select pg_advisory_xact_lock(${sql.lit(WRITERS)}, hashtext(current_schema()))`.execute(
    transaction,
  );
}

function connect({ url, max_connections, statement_timeout_ms }: PostgresConfig): Kysely<Tables> {
  const pool = new Pool({
    connectionString: url,
    max: max_connections,
    connectionTimeoutMillis: CONNECT_MS_MAX,
    statement_timeout: statement_timeout_ms,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS_MAX,
    ...(statement_timeout_ms === 0 ? {} : { query_timeout: statement_timeout_ms + SILENCE_MS_MAX }),
    keepAlive: true,
    application_name: "logbert",
    types: {
      getTypeParser: (oid, format) => (NUMBERS.includes(oid) ? Number : types.getTypeParser(oid, format)),
    },
  });
  // A connection that breaks between two statements has nobody to tell: the next statement is told, or is given a new one.
  pool.on("error", () => undefined);
  pool.on("connect", (client) => client.on("error", () => undefined));
  return new Kysely<Tables>({
    dialect: new PostgresDialect({
      pool: {
        options: pool.options,
        connect: async () => asKyselyClient(await pool.connect()),
        end: () => pool.end(),
      },
    }),
  });
}
