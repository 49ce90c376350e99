import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";
import { sequenceColumn } from "./dialect.ts";

/** Anomalies, feedback, services, templates, scores, thresholds, and the stage's own memory. */
export const firstTables: Migration = {
  async up(db: Kysely<unknown>) {
    await createAnomalies(db);
    await createStatistics(db);
    await createThresholds(db);
    await createStageMemory(db);
  },
};

async function createAnomalies(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("anomalies")
    .addColumn("id", "text", (c) => c.primaryKey())
    .addColumn("time_ms", "bigint", (c) => c.notNull())
    .addColumn("service", "text", (c) => c.notNull())
    .addColumn("stream", "text", (c) => c.notNull())
    .addColumn("severity_number", "integer", (c) => c.notNull())
    .addColumn("severity_text", "text", (c) => c.notNull())
    .addColumn("body", "text", (c) => c.notNull())
    .addColumn("template_id", "text", (c) => c.notNull())
    .addColumn("template", "text", (c) => c.notNull())
    .addColumn("score", "double precision", (c) => c.notNull())
    .addColumn("threshold", "double precision", (c) => c.notNull())
    .addColumn("model_version", "text", (c) => c.notNull())
    .addColumn("trace_id", "text")
    .addColumn("explanation", "text", (c) => c.notNull())
    .addColumn("window_events", "text", (c) => c.notNull())
    .execute();
  await db.schema.createIndex("anomalies_by_service").on("anomalies").columns(["service", "id"]).execute();
  await db.schema.createIndex("anomalies_by_time").on("anomalies").column("time_ms").execute();
  await db.schema.createIndex("anomalies_by_trace").on("anomalies").column("trace_id").execute();
  await db.schema
    .createTable("feedback")
    .addColumn("id", "text", (c) => c.primaryKey())
    .addColumn("anomaly_id", "text", (c) => c.notNull().references("anomalies.id").onDelete("cascade"))
    .addColumn("is_true_anomaly", "integer", (c) => c.notNull())
    .addColumn("note", "text")
    .addColumn("author", "text")
    .addColumn("created_at_ms", "bigint", (c) => c.notNull())
    .addColumn("undone_at_ms", "bigint")
    .execute();
  await db.schema.createIndex("feedback_by_anomaly").on("feedback").column("anomaly_id").execute();
}

async function createStatistics(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("services")
    .addColumn("name", "text", (c) => c.primaryKey())
    .addColumn("records", "bigint", (c) => c.notNull())
    .addColumn("anomalies", "bigint", (c) => c.notNull())
    .addColumn("learning_state", "text", (c) => c.notNull())
    .addColumn("last_seen_ms", "bigint", (c) => c.notNull())
    .execute();
  await db.schema
    .createTable("templates")
    .addColumn("sequence", ...sequenceColumn(db))
    .addColumn("service", "text", (c) => c.notNull())
    .addColumn("id", "text", (c) => c.notNull())
    .addColumn("text", "text", (c) => c.notNull())
    .addColumn("count", "bigint", (c) => c.notNull())
    .addColumn("first_seen_ms", "bigint", (c) => c.notNull())
    .addColumn("last_seen_ms", "bigint", (c) => c.notNull())
    .addUniqueConstraint("templates_by_service", ["service", "id"])
    .execute();
  await db.schema
    .createTable("score_histograms")
    .addColumn("service", "text", (c) => c.notNull())
    .addColumn("minute_ms", "bigint", (c) => c.notNull())
    .addColumn("counts", "text", (c) => c.notNull())
    .addColumn("anomalies", "bigint", (c) => c.notNull())
    .addColumn("max_score", "double precision", (c) => c.notNull())
    .addPrimaryKeyConstraint("score_histograms_key", ["minute_ms", "service"])
    .execute();
}

async function createThresholds(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("thresholds")
    .addColumn("service", "text", (c) => c.primaryKey())
    .addColumn("mode", "text", (c) => c.notNull())
    .addColumn("alerts_per_day", "double precision")
    .addColumn("value", "double precision", (c) => c.notNull())
    .addColumn("updated_at_ms", "bigint", (c) => c.notNull())
    .execute();
  await db.schema
    .createTable("threshold_history")
    .addColumn("sequence", ...sequenceColumn(db))
    .addColumn("service", "text", (c) => c.notNull())
    .addColumn("mode", "text", (c) => c.notNull())
    .addColumn("alerts_per_day", "double precision")
    .addColumn("value", "double precision")
    .addColumn("author", "text")
    .addColumn("at_ms", "bigint", (c) => c.notNull())
    .execute();
}

async function createStageMemory(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("stage_status")
    .addColumn("id", "integer", (c) => c.primaryKey())
    .addColumn("status", "text", (c) => c.notNull())
    .execute();
  await db.schema
    .createTable("snapshots")
    .addColumn("name", "text", (c) => c.primaryKey())
    .addColumn("json", "text", (c) => c.notNull())
    .addColumn("at_ms", "bigint", (c) => c.notNull())
    .execute();
}
