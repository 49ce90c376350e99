import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import SqliteDatabase from "better-sqlite3";
import { Kysely, SqliteDialect, sql } from "kysely";
import { FOLD_CASE, foldCase } from "./fold-case.ts";
import { isUpToDate, migrate } from "./migrate.ts";
import { createSqlStore } from "./sql-store.ts";
import { withStatementCache } from "./statement-cache.ts";
import { type Store, StoreError } from "./store.ts";
import type { Tables } from "./tables.ts";
import { explained, withExplainedErrors } from "./with-explained-errors.ts";

/** How long a statement waits for another process's transaction before it gives up. */
const BUSY_TIMEOUT_MS = 5_000;
/** How long it waits for another process that brings the schema up to date, which with many rows takes a while. */
const MIGRATION_WAIT_MS = 60_000;

/**
 * Opens a SQLite file, creates it and its directory where they are missing, and brings its schema up to date.
 * Every call blocks the calling thread while SQLite works: run it in a worker. Rejects with a {@link StoreError} only.
 */
export async function openSqlite(path: string, now: () => number): Promise<Store> {
  const db = await openSqliteDatabase(path);
  return withExplainedErrors(createSqlStore({ db, begin }, now), (error) => explainSqlite(path, error));
}

/** The same as a database for statements, whose errors are the driver's own. */
export function openSqliteDatabase(path: string): Promise<Kysely<Tables>> {
  return explained(
    async () => {
      mkdirSync(dirname(path), { recursive: true });
      const database = new SqliteDatabase(path, { timeout: BUSY_TIMEOUT_MS });
      const db = new Kysely<Tables>({
        dialect: new SqliteDialect({ database: withStatementCache(database) }),
      });
      try {
        // WAL: readers and the one writer do not wait for each other (sqlite.org/wal.html).
        database.pragma("journal_mode = WAL");
        database.pragma("synchronous = NORMAL");
        database.pragma("foreign_keys = ON");
        database.function(FOLD_CASE, { deterministic: true }, (text) =>
          typeof text === "string" ? foldCase(text) : null,
        );
        if (!(await isUpToDate(db))) await migrateAlone(database, db);
      } catch (error) {
        await db.destroy();
        throw error;
      }
      return db;
    },
    (error) => explainSqlite(path, error),
  );
}

async function begin(connection: Kysely<Tables>): Promise<void> {
  await sql`begin`.execute(connection);
}

/** All or nothing, and one process after the other: Kysely does neither on SQLite. */
async function migrateAlone(database: SqliteDatabase.Database, db: Kysely<Tables>): Promise<void> {
  database.pragma(`busy_timeout = ${MIGRATION_WAIT_MS}`);
  database.exec("begin immediate");
  try {
    await migrate(db);
    database.exec("commit");
  } catch (error) {
    // On a full disk SQLite may have rolled back by itself.
    if (database.inTransaction) database.exec("rollback");
    throw error;
  }
  database.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);
}

/** SQLite's result codes (sqlite.org/rescode.html) in a person's words. */
export function explainSqlite(path: string, cause: unknown): StoreError {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  const error = (kind: StoreError["code"], message: string, remedy: string) =>
    new StoreError(kind, `the database ${path} ${message}`, remedy, { cause });
  if (code.startsWith("SQLITE_BUSY") || code.startsWith("SQLITE_LOCKED"))
    return error("locked", "is locked by another process", "stop the other process, or name another DB_PATH");
  if (code.startsWith("SQLITE_CORRUPT") || code === "SQLITE_NOTADB")
    return error(
      "corrupt",
      "is damaged or no SQLite file",
      "restore it from a backup, or name another DB_PATH",
    );
  if (code === "SQLITE_FULL" || code === "ENOSPC")
    return error("full", "cannot grow: the disk is full", "make room, or shorten remember.retention_days");
  if (/^(SQLITE_(CANTOPEN|READONLY|PERM|IOERR|AUTH)|EACCES|EROFS|ENOTDIR|EEXIST|EPERM)/.test(code))
    return error(
      "unreachable",
      `cannot be opened for writing (${code})`,
      "check the path and its permissions, or name another DB_PATH",
    );
  return error(
    "other",
    `failed (${code === "" ? "no code" : code})`,
    "see the log for the cause, and report it",
  );
}
