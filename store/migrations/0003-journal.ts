import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";
import { sequenceColumn } from "./dialect.ts";

/** What was learned for the first time since the snapshot of the same name. */
export const journalTable: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable("journal")
      .addColumn("sequence", ...sequenceColumn(db))
      .addColumn("name", "text", (c) => c.notNull())
      .addColumn("json", "text", (c) => c.notNull())
      .execute();
    await db.schema.createIndex("journal_by_name").on("journal").columns(["name", "sequence"]).execute();
  },
};
