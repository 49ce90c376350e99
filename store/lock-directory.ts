import { mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import SqliteDatabase from "better-sqlite3";
import { StoreError } from "./store.ts";

/** An empty SQLite file: the system takes a lock on it away from a process that ends, however it ends. */
const LOCK = "logbert.lock";
/** Who has the lock, for people: "1234 host-1". Nobody decides by it. */
const HOLDER = "logbert.pid";

/**
 * Keeps every other process that asks for the same from directories, until it is given back or this process ends. They are made where
 * they are missing; one that is named twice, or by two paths, is locked once.
 *
 * @param directories in which a stage keeps what no other one may write
 * @returns gives all of them back
 * @throws StoreError where another process has one, or a directory cannot be written; then none is locked
 */
export function lockDirectories(directories: readonly string[]): () => void {
  const releases: (() => void)[] = [];
  const release = () => {
    for (const one of releases.splice(0).reverse()) one();
  };
  try {
    for (const directory of new Set(directories.map(made))) releases.push(lock(directory));
  } catch (error) {
    release();
    throw error;
  }
  return release;
}

/** Its one true path. */
function made(directory: string): string {
  try {
    mkdirSync(directory, { recursive: true });
    return realpathSync(directory);
  } catch (error) {
    throw unusable(directory, error);
  }
}

function lock(directory: string): () => void {
  const path = join(directory, LOCK);
  const holder = join(directory, HOLDER);
  let database: SqliteDatabase.Database | undefined;
  try {
    // Node itself has no lock on files. Only SQLite may open this one: whoever else in this process closed it would give the lock away.
    database = new SqliteDatabase(path, { timeout: 0 });
    // Nothing is written, and no journal is left beside it.
    database.pragma("journal_mode = MEMORY");
    database.exec("begin exclusive");
  } catch (error) {
    database?.close();
    throw codeOf(error).startsWith("SQLITE_BUSY") ? held(directory, holder) : unusable(path, error);
  }
  const locked = database;
  quietly(() => writeFileSync(holder, `${process.pid} ${hostname()}\n`));
  return () => {
    quietly(() => rmSync(holder, { force: true }));
    locked.close();
  };
}

function held(directory: string, holder: string): StoreError {
  return new StoreError(
    "locked",
    `another logbert${nameOf(holder)} uses the directory ${directory}`,
    "stop that one, or give this one a directory of its own: store.path (DB_PATH), and training.directory where it is set",
  );
}

/** Empty where it has not said who it is. */
function nameOf(holder: string): string {
  const said = quietly(() => readFileSync(holder, "utf8")) ?? "";
  const [, pid, host] = /^(\d{1,10}) (\S{1,255})\n$/.exec(said) ?? [];
  if (pid === undefined) return "";
  return host === hostname() ? ` (process ${pid})` : ` (process ${pid} of host ${host})`;
}

/** A disk that is full keeps no stage from its start because of a name. */
function quietly<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

function unusable(path: string, cause: unknown): StoreError {
  return new StoreError(
    "unreachable",
    `${path} cannot be used (${codeOf(cause) || "no code"})`,
    "check the permissions of its directory and the room on its disk, or name another one: store.path (DB_PATH), and training.directory where it is set",
    { cause },
  );
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
