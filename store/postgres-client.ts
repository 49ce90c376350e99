import type { PostgresCursor, PostgresPoolClient, PostgresQueryResult } from "kysely";
import type { PoolClient } from "pg";

const COMMANDS = ["UPDATE", "DELETE", "INSERT", "SELECT", "MERGE", "COMMIT", "ROLLBACK"] as const;

/** What the driver says when the server has not answered within `query_timeout`. */
const SILENT = "Query read timeout";

/**
 * A connection for Kysely. One on which the server has fallen silent is asked nothing more, and closed: whoever came next, the rollback
 * first, would wait behind a question that nobody answers.
 */
export function asKyselyClient(client: PoolClient): PostgresPoolClient {
  let silence: Error | undefined;
  async function run<R>(sql: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>> {
    if (silence !== undefined) throw silence;
    try {
      const { command, rowCount, rows } = await client.query(sql, parameters.map(storable));
      return { command: COMMANDS.find((one) => one === command) ?? "SELECT", rowCount: rowCount ?? 0, rows };
    } catch (error) {
      if (error instanceof Error && error.message === SILENT) silence = error;
      throw error;
    }
  }
  function query<R>(sql: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>>;
  function query<R>(cursor: PostgresCursor<R>): PostgresCursor<R>;
  function query<R>(what: string | PostgresCursor<R>, parameters: readonly unknown[] = []) {
    return typeof what === "string" ? run<R>(what, parameters) : what;
  }
  return { query, release: (destroy) => client.release(destroy === true || silence !== undefined) };
}

/** PostgreSQL's text holds every character but NUL, which stands as the replacement character there. */
export function storable(value: unknown): unknown {
  return typeof value === "string" ? value.replaceAll("\0", "\ufffd") : value;
}
