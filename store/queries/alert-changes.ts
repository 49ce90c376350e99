import { type Kysely, sql } from "kysely";
import type { AlertChanges, AlertEvents, ChannelWork } from "../alert.ts";
import { toAnomaly, toIncident } from "../rows.ts";
import type { Tables } from "../tables.ts";

/** As the index anomalies_without_record has it: SQLite uses it for these very words. */
const WITHOUT_RECORD = sql<boolean>`(anomalies.kind like 'end %' or anomalies.kind like 'silence%')`;

/** What there is to do in all channels: each answer is read from the beginning of an index. */
export async function selectAlertWork(db: Kysely<Tables>): Promise<readonly ChannelWork[]> {
  const rows = await db
    .selectFrom("alert_channels")
    .select(({ exists, selectFrom, or }) => [
      "name",
      "paused_until_ms",
      "health_key",
      or([
        exists(
          selectFrom("incidents")
            .select("incidents.id")
            .whereRef("incidents.revision", ">", "alert_channels.seen_revision"),
        ),
        exists(
          selectFrom("anomalies")
            .select("anomalies.id")
            .where(WITHOUT_RECORD)
            .whereRef("anomalies.revision", ">", "alert_channels.events_revision"),
        ),
      ]).as("has_changes"),
      exists(
        selectFrom("alerts")
          .select("alerts.incident_id")
          .whereRef("alerts.channel", "=", "alert_channels.name")
          .where("alerts.state", "in", ["waiting", "open"]),
      ).as("is_active"),
      selectFrom("outbox")
        .select(({ fn }) => fn.min("outbox.due_at_ms").as("due_at_ms"))
        .whereRef("outbox.channel", "=", "alert_channels.name")
        .where("outbox.state", "=", "waiting")
        .as("due_at_ms"),
    ])
    .execute();
  return rows.map((row) => ({
    name: row.name,
    hasChanges: Boolean(row.has_changes),
    isActive: Boolean(row.is_active),
    dueAtMs: row.due_at_ms === null ? undefined : Math.max(row.due_at_ms, row.paused_until_ms),
    healthKey: row.health_key ?? undefined,
  }));
}

/** What a channel has to look at next; no more than `limit` incidents, unless one batch has changed more. */
export async function selectAlertChanges(
  db: Kysely<Tables>,
  channel: string,
  limit: number,
): Promise<AlertChanges> {
  const row = await selectSeen(db, channel);
  if (row === undefined) return { incidents: [], revision: undefined };
  const { seen_revision: seen, begun_revision: begun } = row;
  const ahead = await db
    .selectFrom("incidents")
    .select("revision")
    .where("revision", ">", seen)
    .orderBy("revision")
    .limit(limit)
    .execute();
  const revision = ahead.at(-1)?.revision;
  if (revision === undefined) return { incidents: [], revision };
  const incidents = await db
    .selectFrom("incidents")
    .selectAll()
    .where("revision", ">", seen)
    .where("revision", "<=", revision)
    .where("begun_revision", ">", begun)
    .orderBy("id")
    .execute();
  return { incidents: incidents.map(toIncident), revision };
}

/** Ends and silences that a channel has not looked at: whole batches, or the first `limit` of one that is larger. */
export async function selectAlertEvents(
  db: Kysely<Tables>,
  channel: string,
  limit: number,
): Promise<AlertEvents> {
  const row = await selectSeen(db, channel);
  if (row === undefined) return { anomalies: [], revision: undefined };
  const rows = await db
    .selectFrom("anomalies")
    .selectAll()
    .where("anomalies.revision", ">", row.events_revision)
    .where(WITHOUT_RECORD)
    .orderBy("anomalies.revision")
    .orderBy("anomalies.id")
    .limit(limit + 1)
    .execute();
  const cutIn = rows[limit]?.revision;
  const whole = rows.filter(({ revision }) => cutIn === undefined || revision < cutIn);
  const taken = whole.length > 0 ? whole : rows.slice(0, limit);
  return { anomalies: taken.map(toAnomaly), revision: taken.at(-1)?.revision };
}

async function selectSeen(db: Kysely<Tables>, channel: string) {
  return db
    .selectFrom("alert_channels")
    .select(["begun_revision", "seen_revision", "events_revision"])
    .where("name", "=", channel)
    .executeTakeFirst();
}
