import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";
import { sequenceColumn } from "./dialect.ts";

/** What was told to whom, what is still to be sent, and what has changed since a channel last looked. */
export const alertTables: Migration = {
  async up(db: Kysely<unknown>) {
    await addRevisions(db);
    await createAlerts(db);
    await createOutbox(db);
  },
};

/** Every batch that changes incidents has a number of its own. */
async function addRevisions(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("revisions")
    .addColumn("name", "text", (c) => c.primaryKey())
    .addColumn("value", "bigint", (c) => c.notNull())
    .execute();
  await sql`insert into revisions (name, value) values ('incidents', 0)`.execute(db);
  await db.schema
    .alterTable("incidents")
    .addColumn("revision", "bigint", (c) => c.notNull().defaultTo(0))
    .execute();
  await db.schema
    .alterTable("incidents")
    .addColumn("begun_revision", "bigint", (c) => c.notNull().defaultTo(0))
    .execute();
  await db.schema
    .alterTable("anomalies")
    .addColumn("revision", "bigint", (c) => c.notNull().defaultTo(0))
    .execute();
  await db.schema.createIndex("incidents_by_revision").on("incidents").column("revision").execute();
  await sql`create index anomalies_without_record on anomalies (revision) where kind like 'end %' or kind like 'silence%'`.execute(
    db,
  );
}

async function createAlerts(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("alert_channels")
    .addColumn("name", "text", (c) => c.primaryKey())
    .addColumn("begun_revision", "bigint", (c) => c.notNull())
    .addColumn("seen_revision", "bigint", (c) => c.notNull())
    .addColumn("events_revision", "bigint", (c) => c.notNull())
    .addColumn("paused_until_ms", "bigint", (c) => c.notNull().defaultTo(0))
    .addColumn("last_sent_at_ms", "bigint")
    .addColumn("failing_since_ms", "bigint")
    .addColumn("last_error", "text")
    .addColumn("health_key", "text")
    .execute();
  await db.schema
    .createTable("alert_lease")
    .addColumn("id", "integer", (c) => c.primaryKey())
    .addColumn("holder", "text", (c) => c.notNull())
    .addColumn("revision", "bigint", (c) => c.notNull())
    .execute();
  await sql`insert into alert_lease (id, holder, revision) values (1, '', 0)`.execute(db);
  await db.schema
    .createTable("alerts")
    .addColumn("channel", "text", (c) => c.notNull())
    .addColumn("incident_id", "text", (c) => c.notNull())
    .addColumn("service", "text", (c) => c.notNull())
    .addColumn("state", "text", (c) => c.notNull())
    .addColumn("created_at_ms", "bigint", (c) => c.notNull())
    .addColumn("changed_at_ms", "bigint", (c) => c.notNull())
    .addColumn("is_held_back", "integer", (c) => c.notNull())
    .addColumn("opened_at_ms", "bigint")
    .addColumn("told", "text")
    .addColumn("messages", "integer", (c) => c.notNull())
    .addPrimaryKeyConstraint("alerts_key", ["channel", "incident_id"])
    .execute();
  await db.schema
    .createIndex("alerts_by_state")
    .on("alerts")
    .columns(["channel", "state", "incident_id"])
    .execute();
  await db.schema
    .createIndex("alerts_by_opening")
    .on("alerts")
    .columns(["channel", "opened_at_ms", "service"])
    .execute();
}

async function createOutbox(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("outbox")
    .addColumn("sequence", ...sequenceColumn(db))
    .addColumn("channel", "text", (c) => c.notNull())
    .addColumn("key", "text", (c) => c.notNull())
    .addColumn("kind", "text", (c) => c.notNull())
    .addColumn("incident_id", "text")
    .addColumn("notice", "text", (c) => c.notNull())
    .addColumn("state", "text", (c) => c.notNull())
    .addColumn("created_at_ms", "bigint", (c) => c.notNull())
    .addColumn("finished_at_ms", "bigint")
    .addColumn("attempts", "integer", (c) => c.notNull())
    .addColumn("failed_at_ms", "bigint")
    .addColumn("due_at_ms", "bigint", (c) => c.notNull())
    .addColumn("error", "text")
    .addUniqueConstraint("outbox_key", ["channel", "key"])
    .execute();
  await db.schema
    .createIndex("outbox_by_state")
    .on("outbox")
    .columns(["channel", "state", "due_at_ms"])
    .execute();
}
