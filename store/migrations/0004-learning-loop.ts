import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";
import { assignIncidents } from "../queries/incidents.ts";
import type { Tables } from "../tables.ts";

/**
 * Incidents; sampled records that did not alert, beside the anomalies; scores by the hour; who took feedback back; and which change
 * of a threshold was taken back.
 */
export const learningLoop: Migration = {
  async up(db: Kysely<Tables>) {
    await extendAnomalies(db);
    await createIncidents(db);
    await groupStored(db);
    await createScoreHours(db);
    await db.schema.alterTable("feedback").addColumn("undone_by", "text").execute();
    await db.schema.alterTable("threshold_history").addColumn("revert_of", "integer").execute();
    await db.schema
      .createIndex("threshold_history_by_service")
      .on("threshold_history")
      .columns(["service", "sequence"])
      .execute();
  },
};

async function extendAnomalies(db: Kysely<Tables>): Promise<void> {
  await db.schema
    .alterTable("anomalies")
    .addColumn("is_alert", "integer", (c) => c.notNull().defaultTo(1))
    .execute();
  await db.schema.alterTable("anomalies").addColumn("sample_slot", "text").execute();
  await db.schema.alterTable("anomalies").addColumn("incident_id", "text").execute();
  await db.schema.alterTable("anomalies").addColumn("kind", "text").execute();
  await db.schema
    .createIndex("anomalies_by_sample_slot")
    .on("anomalies")
    .column("sample_slot")
    .unique()
    .execute();
  await db.schema.createIndex("anomalies_by_incident").on("anomalies").column("incident_id").execute();
  await db.schema.createIndex("anomalies_by_alert").on("anomalies").columns(["is_alert", "id"]).execute();
  // All that the labelling queue reads of every anomaly: rows with their windows are a hundred times as long.
  await db.schema
    .createIndex("anomalies_by_template")
    .on("anomalies")
    .columns(["service", "template_id", "id", "score", "threshold"])
    .execute();
}

async function createIncidents(db: Kysely<Tables>): Promise<void> {
  await db.schema
    .createTable("incidents")
    .addColumn("id", "text", (c) => c.primaryKey())
    .addColumn("service", "text", (c) => c.notNull())
    .addColumn("started_at_ms", "bigint", (c) => c.notNull())
    .addColumn("last_at_ms", "bigint", (c) => c.notNull())
    .addColumn("anomalies", "bigint", (c) => c.notNull())
    .addColumn("max_score", "double precision", (c) => c.notNull())
    .addColumn("severity_number", "integer", (c) => c.notNull())
    .addColumn("strongest_id", "text", (c) => c.notNull())
    .addColumn("templates", "text", (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex("incidents_by_service")
    .on("incidents")
    .columns(["service", "last_at_ms"])
    .execute();
}

/** Anomalies that are put into incidents together. */
const GROUPED_AT_ONCE = 1_000;

/** What an earlier version has stored belongs together as what comes does. */
async function groupStored(db: Kysely<Tables>): Promise<void> {
  for (let afterId = ""; ; ) {
    const rows = await db
      .selectFrom("anomalies")
      .select(["id", "service", "time_ms", "template_id", "template", "score", "severity_number"])
      .where("id", ">", afterId)
      .orderBy("id")
      .limit(GROUPED_AT_ONCE)
      .execute();
    const last = rows.at(-1);
    if (last === undefined) return;
    await assignIncidents(
      db,
      rows.map((row) => ({
        id: row.id,
        service: row.service,
        timeMs: row.time_ms,
        templateId: row.template_id,
        template: row.template,
        score: row.score,
        severityNumber: row.severity_number,
      })),
      undefined,
    );
    afterId = last.id;
  }
}

const HOUR_MS = 3_600_000;

interface Histogram {
  readonly service: string;
  readonly minute_ms: number;
  readonly counts: string;
  readonly anomalies: number;
  readonly max_score: number;
}

interface Hour {
  counts: Map<number, number>;
  anomalies: number;
  maxScore: number;
  firstMs: number;
  lastMs: number;
}

async function createScoreHours(db: Kysely<Tables>): Promise<void> {
  await db.schema
    .createTable("score_hours")
    .addColumn("service", "text", (c) => c.notNull())
    .addColumn("hour_ms", "bigint", (c) => c.notNull())
    .addColumn("counts", "text", (c) => c.notNull())
    .addColumn("anomalies", "bigint", (c) => c.notNull())
    .addColumn("max_score", "double precision", (c) => c.notNull())
    .addColumn("first_minute_ms", "bigint", (c) => c.notNull())
    .addColumn("last_minute_ms", "bigint", (c) => c.notNull())
    .addPrimaryKeyConstraint("score_hours_key", ["service", "hour_ms"])
    .execute();
  await db.schema
    .createIndex("score_histograms_by_service")
    .on("score_histograms")
    .columns(["service", "minute_ms"])
    .execute();
  const { rows: services } = await sql<{ service: string }>`
    select distinct service from score_histograms`.execute(db);
  for (const { service } of services) await addUpHours(db, service);
}

async function addUpHours(db: Kysely<Tables>, service: string): Promise<void> {
  const { rows } = await sql<Histogram>`
    select * from score_histograms where service = ${service} order by minute_ms`.execute(db);
  const hours = new Map<number, Hour>();
  for (const row of rows) addTo(hours, row);
  for (const [hourMs, { counts, anomalies, maxScore, firstMs, lastMs }] of hours)
    await sql`
      insert into score_hours (service, hour_ms, counts, anomalies, max_score, first_minute_ms, last_minute_ms)
      values (${service}, ${hourMs}, ${JSON.stringify([...counts])}, ${anomalies}, ${maxScore}, ${firstMs}, ${lastMs})`.execute(
      db,
    );
}

function addTo(hours: Map<number, Hour>, row: Histogram): void {
  const hourMs = Math.floor(row.minute_ms / HOUR_MS) * HOUR_MS;
  const hour = hours.get(hourMs) ?? {
    counts: new Map(),
    anomalies: 0,
    maxScore: 0,
    firstMs: row.minute_ms,
    lastMs: row.minute_ms,
  };
  hours.set(hourMs, hour);
  const pairs: [number, number][] = JSON.parse(row.counts);
  for (const [bucket, count] of pairs) hour.counts.set(bucket, (hour.counts.get(bucket) ?? 0) + count);
  hour.anomalies += row.anomalies;
  hour.maxScore = Math.max(hour.maxScore, row.max_score);
  hour.lastMs = row.minute_ms;
}
