import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";
import { bytesType, compareTextsByCode, isPostgres } from "./dialect.ts";

/** Who carries a run out; and, for stages that share a database, what they recorded and the files of trained weights. */
export const sharedTraining: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable("training_runs").addColumn("holder", "text").execute();
    await db.schema
      .alterTable("training_runs")
      .addColumn("revision", "bigint", (c) => c.notNull().defaultTo(0))
      .execute();
    await db.schema
      .alterTable("training_runs")
      .addColumn("takeovers", "integer", (c) => c.notNull().defaultTo(0))
      .execute();
    await db.schema
      .createTable("recordings")
      .addColumn("id", "text", (c) => c.primaryKey())
      .addColumn("bytes", "bigint", (c) => c.notNull())
      .addColumn("parts", "integer", (c) => c.notNull())
      .execute();
    await db.schema
      .createTable("recording_parts")
      .addColumn("id", "text", (c) => c.notNull())
      .addColumn("part", "integer", (c) => c.notNull())
      .addColumn("content", bytesType(db), (c) => c.notNull())
      .addPrimaryKeyConstraint("recording_parts_key", ["id", "part"])
      .execute();
    await db.schema
      .createTable("model_parts")
      .addColumn("version", "text", (c) => c.notNull())
      .addColumn("name", "text", (c) => c.notNull())
      .addColumn("part", "integer", (c) => c.notNull())
      .addColumn("content", bytesType(db), (c) => c.notNull())
      .addPrimaryKeyConstraint("model_parts_key", ["version", "name", "part"])
      .execute();
    if (isPostgres(db)) await compareTextsByCode(db);
  },
};
