import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** Runs of the trainer, and the weights that there are. `is_open` and `is_active` are 1 or null, so that a unique key allows one of each. */
export const trainingTables: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable("training_runs")
      .addColumn("id", "text", (c) => c.primaryKey())
      .addColumn("service", "text")
      .addColumn("state", "text", (c) => c.notNull())
      .addColumn("is_open", "integer", (c) => c.unique())
      .addColumn("created_at_ms", "bigint", (c) => c.notNull())
      .addColumn("started_at_ms", "bigint")
      .addColumn("finished_at_ms", "bigint")
      .addColumn("progress", "double precision", (c) => c.notNull())
      .addColumn("loss", "double precision")
      .addColumn("held_out_loss_before", "double precision")
      .addColumn("held_out_loss_after", "double precision")
      .addColumn("report", "text")
      .addColumn("model_before", "text")
      .addColumn("model_after", "text")
      .addColumn("message", "text")
      .execute();
    await db.schema
      .createTable("models")
      .addColumn("version", "text", (c) => c.primaryKey())
      .addColumn("origin", "text", (c) => c.notNull())
      .addColumn("previous_version", "text")
      .addColumn("training_run_id", "text")
      .addColumn("created_at_ms", "bigint", (c) => c.notNull())
      .addColumn("activated_at_ms", "bigint")
      .addColumn("is_active", "integer", (c) => c.unique())
      .addColumn("problem", "text")
      .execute();
  },
};
