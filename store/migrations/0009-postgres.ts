import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";
import { compareTextsByCode, isPostgres } from "./dialect.ts";

/** What people set and ask for is counted, for who follows it; and what PostgreSQL needs to answer as SQLite does. */
export const postgres: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`insert into revisions (name, value) values ('settings', 0)`.execute(db);
    if (!isPostgres(db)) return;
    await compareTextsByCode(db);
    // ICU's root locale changes case as JavaScript does.
    await sql`
      create function fold_case(folded text) returns text language sql immutable
      return upper(folded collate "und-x-icu")`.execute(db);
  },
};
