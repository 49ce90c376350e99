import type { SqliteDatabase, SqliteStatement } from "kysely";
import { LRUCache } from "lru-cache";

/** Statements kept; lists of several lengths make many. */
const STATEMENTS_MAX = 200;

/** The database for Kysely, which prepares a statement anew each time it runs one: with many services that was a third of the
 * database thread's work. Statements that run at once do not share one: every run is over before the next begins. */
export function withStatementCache(database: SqliteDatabase): SqliteDatabase {
  const statements = new LRUCache<string, SqliteStatement>({
    max: STATEMENTS_MAX,
    memoMethod: (sql) => database.prepare(sql),
  });
  return {
    prepare: (sql) => statements.memo(sql),
    close() {
      statements.clear();
      database.close();
    },
  };
}
