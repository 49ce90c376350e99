import { randomBytes } from "node:crypto";
import { join } from "node:path";
import SqliteDatabase from "better-sqlite3";
import { Client } from "pg";
import { inject } from "vitest";
import type { StoreSettings } from "../../store/config.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

/** A new database. */
export interface TestDatabase {
  readonly settings: StoreSettings;
  /** What PostgreSQL calls it. */
  readonly name: string;
  /** Runs statements that the store has no method for. */
  run(statements: string): Promise<void>;
}

/** PostgreSQL where vitest's project provides one, else SQLite. */
export async function testDatabase(): Promise<TestDatabase> {
  const server = inject("postgresUrl");
  return server === undefined ? sqliteDatabase() : postgresDatabase(server);
}

function sqliteDatabase(): TestDatabase {
  const path = join(temporaryDirectory("store"), "nested", "logbert.db");
  return {
    settings: { path },
    name: "main",
    async run(statements) {
      const database = new SqliteDatabase(path);
      database.exec(statements);
      database.close();
    },
  };
}

/** @param server the address of another database on the same server */
export async function postgresDatabase(server: string): Promise<TestDatabase> {
  const name = `test_${randomBytes(8).toString("hex")}`;
  await runStatements(server, `create database ${name}`);
  const url = Object.assign(new URL(server), { pathname: `/${name}` }).href;
  return { name, settings: { url }, run: (statements) => runStatements(url, statements) };
}

async function runStatements(url: string, statements: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statements);
  } finally {
    await client.end();
  }
}
