import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";
import { z } from "zod";
import { compareTextsByCode } from "./dialect.ts";

/** The stage that there was before they had names. */
const FIRST_INSTANCE = "logbert";

/** What several stages that share the database need: each says of itself how it does, and what several of them find is stored once. */
export const replicas: Migration = {
  async up(db: Kysely<unknown>) {
    await tellStagesApart(db);
    await knowAnomaliesAgain(db);
    await db.schema
      .alterTable("incidents")
      .addColumn("is_asked_about", "integer", (c) => c.notNull().defaultTo(0))
      .execute();
    await db.schema
      .createTable("secrets")
      .addColumn("name", "text", (c) => c.primaryKey())
      .addColumn("value", "text", (c) => c.notNull())
      .execute();
    await compareTextsByCode(db);
  },
};

const heartbeat = z.object({ startedAtMs: z.int(), updatedAtMs: z.int() });

async function tellStagesApart(db: Kysely<unknown>): Promise<void> {
  const { rows } = await sql<{ status: string }>`select status from stage_status`.execute(db);
  await db.schema.dropTable("stage_status").execute();
  await db.schema
    .createTable("stage_status")
    .addColumn("instance", "text", (c) => c.primaryKey())
    .addColumn("status", "text", (c) => c.notNull())
    .addColumn("started_at_ms", "bigint", (c) => c.notNull())
    .addColumn("updated_at_ms", "bigint", (c) => c.notNull())
    .execute();
  for (const { status } of rows) {
    const { startedAtMs, updatedAtMs } = timesIn(status);
    await sql`
      insert into stage_status (instance, status, started_at_ms, updated_at_ms)
      values (${FIRST_INSTANCE}, ${status}, ${startedAtMs}, ${updatedAtMs})`.execute(db);
  }
}

/** What cannot be read is told by who reads it, as before, until a heartbeat takes its place. */
function timesIn(status: string): z.infer<typeof heartbeat> {
  try {
    return heartbeat.parse(JSON.parse(status));
  } catch {
    return { startedAtMs: 0, updatedAtMs: 0 };
  }
}

async function knowAnomaliesAgain(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable("anomalies").addColumn("fingerprint", "text").execute();
  await sql`
    create unique index anomalies_by_fingerprint on anomalies (fingerprint) where fingerprint is not null`.execute(
    db,
  );
  await db.schema
    .createIndex("anomalies_by_revision")
    .on("anomalies")
    .columns(["is_alert", "revision", "id"])
    .execute();
  await db.schema
    .createTable("anomaly_aliases")
    .addColumn("id", "text", (c) => c.primaryKey())
    .addColumn("anomaly_id", "text", (c) => c.notNull().references("anomalies.id").onDelete("cascade"))
    .execute();
  await db.schema
    .createIndex("anomaly_aliases_by_anomaly")
    .on("anomaly_aliases")
    .column("anomaly_id")
    .execute();
}
