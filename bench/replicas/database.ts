import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import { z } from "zod";
import { startPostgres } from "../../test/postgres/postgres-server.ts";

/** A PostgreSQL that counts what it does. */
export interface Database {
  readonly pid: number;
  /** A new database's address. */
  create(name: string): Promise<string>;
  work(): Promise<DatabaseWork>;
  remove(): Promise<void>;
}

/** What the server has done since its start, beside this question. */
export interface DatabaseWork {
  readonly statements: number;
  /** Written to its log, which is what a standby gets. */
  readonly walBytes: number;
  /** Writing transactions, which go one after the other in a database, and how long they waited for their turn. */
  readonly writes: number;
  readonly writesWaitedMs: number;
  /** Of the stages. */
  readonly connections: number;
}

const QUESTION = `with turns as (select calls, total_exec_time from pg_stat_statements where query like 'select pg_advisory_xact_lock%')
select
  (select coalesce(sum(calls), 0)::float8 from pg_stat_statements where query not like '%pg_stat_statements%') as statements,
  (select coalesce(sum(calls), 0)::float8 from turns) as writes,
  (select coalesce(sum(total_exec_time), 0)::float8 from turns) as "writesWaitedMs",
  (select wal_bytes::float8 from pg_stat_wal) as "walBytes",
  (select count(*)::int from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()) as connections`;
const answer = z.object({
  statements: z.number(),
  walBytes: z.number(),
  writes: z.number(),
  writesWaitedMs: z.number(),
  connections: z.int(),
});

/** A server that writes each commit to its disk, as it does by default. */
export async function startDatabase(programs: string): Promise<Database> {
  const server = await startPostgres(programs, [
    "-c",
    "fsync=on",
    "-c",
    "shared_preload_libraries=pg_stat_statements",
  ]);
  const client = new Client({ connectionString: server.url });
  await client.connect();
  await client.query("create extension pg_stat_statements");
  const { rows } = await client.query("show data_directory");
  const { data_directory: directory } = z.object({ data_directory: z.string() }).parse(rows[0]);
  return {
    pid: Number(readFileSync(join(directory, "postmaster.pid"), "utf8").split("\n")[0]),
    async create(name) {
      await client.query(`create database ${client.escapeIdentifier(name)}`);
      return Object.assign(new URL(server.url), { pathname: `/${name}` }).href;
    },
    work: async () => answer.parse((await client.query(QUESTION)).rows[0]),
    async remove() {
      await client.end();
      await server.remove();
    },
  };
}
