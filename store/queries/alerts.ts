import type { Kysely, Selectable } from "kysely";
import { z } from "zod";
import type { ActiveAlert, Alert, AlertChanges, AlertPlan, ChannelLoad, Lease } from "../alert.ts";
import { chunks } from "../chunks.ts";
import { corrupt, fromJson, toAnomaly, toIncident } from "../rows.ts";
import type { AlertsTable, Tables } from "../tables.ts";
import { selectIncidentFeedback } from "./feedback.ts";
import { insertMessages } from "./outbox.ts";

const LEASE = 1;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const NOTHING_NEW: AlertChanges = { incidents: [], withoutRecord: [], revision: undefined };

const alertState = z.enum(["waiting", "open", "over", "gathered", "dropped"]);
const told = z.object({
  atMs: z.number(),
  anomalies: z.number(),
  severityNumber: z.number(),
  templateIds: z.array(z.string()),
});

/** These are the channels: others are forgotten with what they had to tell, new ones tell of what begins from now on. */
export async function syncAlertChannels(db: Kysely<Tables>, names: readonly string[]): Promise<void> {
  const gone = names.length === 0 ? [""] : [...names];
  await db.deleteFrom("alerts").where("channel", "not in", gone).execute();
  await db.deleteFrom("outbox").where("channel", "not in", gone).execute();
  await db.deleteFrom("alert_channels").where("name", "not in", gone).execute();
  for (const name of names)
    await db
      .insertInto("alert_channels")
      .columns(["name", "begun_revision", "seen_revision"])
      .expression((from) =>
        from
          .selectFrom("revisions")
          .select((row) => [row.val(name).as("name"), "value as begun_revision", "value as seen_revision"])
          .where("name", "=", "incidents"),
      )
      .onConflict((conflict) => conflict.column("name").doNothing())
      .execute();
}

/** Takes or prolongs the lease; false while another one has it. */
export async function takeAlertLease(
  db: Kysely<Tables>,
  { holder, atMs, untilMs, untilMsMax }: Lease,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("alert_lease")
    .set({ holder, until_ms: untilMs })
    .where("id", "=", LEASE)
    .where((row) =>
      row.or([row("holder", "=", holder), row("until_ms", "<=", atMs), row("until_ms", ">", untilMsMax)]),
    )
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

export async function releaseAlertLease(db: Kysely<Tables>, holder: string): Promise<void> {
  await db.updateTable("alert_lease").set({ until_ms: 0 }).where("holder", "=", holder).execute();
}

/**
 * What a channel has to look at next; no more than `limit` incidents, unless one batch has changed more.
 *
 * @param withoutRecordMax ends and silences; what a storm has more of is in its incidents alone
 */
export async function selectAlertChanges(
  db: Kysely<Tables>,
  channel: string,
  limit: number,
  withoutRecordMax: number,
): Promise<AlertChanges> {
  const row = await db
    .selectFrom("alert_channels")
    .select(["seen_revision", "begun_revision"])
    .where("name", "=", channel)
    .executeTakeFirst();
  if (row === undefined) return NOTHING_NEW;
  const { seen_revision: seen, begun_revision: begun } = row;
  const ahead = await db
    .selectFrom("incidents")
    .select("revision")
    .where("revision", ">", seen)
    .orderBy("revision")
    .limit(limit)
    .execute();
  const revision = ahead.at(-1)?.revision;
  if (revision === undefined) return NOTHING_NEW;
  const incidents = await db
    .selectFrom("incidents")
    .selectAll()
    .where("revision", ">", seen)
    .where("revision", "<=", revision)
    .where("begun_revision", ">", begun)
    .orderBy("id")
    .execute();
  const anomalies = await db
    .selectFrom("anomalies")
    .selectAll()
    .where("revision", ">", seen)
    .where("revision", "<=", revision)
    .where((where) => where.or([where("kind", "like", "end %"), where("kind", "like", "silence%")]))
    .orderBy("id")
    .limit(withoutRecordMax)
    .execute();
  return { incidents: incidents.map(toIncident), withoutRecord: anomalies.map(toAnomaly), revision };
}

export async function selectAlerts(
  db: Kysely<Tables>,
  channel: string,
  incidentIds: readonly string[],
): Promise<readonly Alert[]> {
  const found: Alert[] = [];
  for (const some of chunks(incidentIds)) {
    const rows = await db
      .selectFrom("alerts")
      .selectAll()
      .where("channel", "=", channel)
      .where("incident_id", "in", some)
      .execute();
    found.push(...rows.map(toAlert));
  }
  return found;
}

/** Waiting and open ones, the longest waiting first; what is of an incident that is no longer stored is left out. */
export async function selectActiveAlerts(
  db: Kysely<Tables>,
  channel: string,
  limit: number,
): Promise<readonly ActiveAlert[]> {
  const rows = await db
    .selectFrom("alerts")
    .selectAll()
    .where("channel", "=", channel)
    .where("state", "in", ["waiting", "open"])
    .orderBy("incident_id")
    .limit(limit)
    .execute();
  const ids = rows.map((row) => row.incident_id);
  const feedback = Map.groupBy(await selectIncidentFeedback(db, ids), ({ incidentId }) => incidentId);
  const active: ActiveAlert[] = [];
  for (const some of chunks(rows)) {
    const incidents = await db
      .selectFrom("incidents")
      .selectAll()
      .where(
        "id",
        "in",
        some.map((row) => row.incident_id),
      )
      .execute();
    const incidentOf = new Map(incidents.map((row) => [row.id, toIncident(row)]));
    for (const row of some) {
      const incident = incidentOf.get(row.incident_id);
      if (incident === undefined) continue;
      active.push({ alert: toAlert(row), incident, feedback: feedback.get(incident.id) ?? [] });
    }
  }
  return active;
}

/** What bounds a channel's next messages. Times ahead of now are of a clock that was set back since: they bound nothing. */
export async function selectChannelLoad(
  db: Kysely<Tables>,
  channel: string,
  nowMs: number,
): Promise<ChannelLoad> {
  const { waiting } = await db
    .selectFrom("outbox")
    .select(({ fn }) => fn.countAll<number>().as("waiting"))
    .where("channel", "=", channel)
    .where("state", "=", "waiting")
    .executeTakeFirstOrThrow();
  const { lastHour } = await db
    .selectFrom("outbox")
    .select(({ fn }) => fn.countAll<number>().as("lastHour"))
    .where("channel", "=", channel)
    .where("kind", "in", ["incident", "summary"])
    .where("created_at_ms", ">", nowMs - HOUR_MS)
    .where("created_at_ms", "<=", nowMs)
    .executeTakeFirstOrThrow();
  const opened = await db
    .selectFrom("alerts")
    .select(({ fn }) => ["service", fn.max("opened_at_ms").as("at_ms")])
    .where("channel", "=", channel)
    .where("opened_at_ms", ">", nowMs - DAY_MS)
    .where("opened_at_ms", "<=", nowMs)
    .groupBy("service")
    .execute();
  const openedAtMs = new Map(opened.map((row) => [row.service, Number(row.at_ms)]));
  return { waiting: Number(waiting), lastHour: Number(lastHour), openedAtMs };
}

/** Stores what a channel tells next, while the lease holds; called within a transaction. */
export async function saveAlertPlan(db: Kysely<Tables>, plan: AlertPlan): Promise<boolean> {
  const { channel, holder, atMs, revision, alerts, messages } = plan;
  // First, as a write: whoever else takes the lease now waits until this is stored.
  const held = await db
    .updateTable("alert_lease")
    .set({ holder })
    .where("id", "=", LEASE)
    .where("holder", "=", holder)
    .executeTakeFirst();
  if (held.numUpdatedRows === 0n) return false;
  const row = await db
    .selectFrom("alert_channels")
    .select("name")
    .where("name", "=", channel)
    .executeTakeFirst();
  if (row === undefined) return false;
  if (revision !== undefined)
    await db
      .updateTable("alert_channels")
      .set({ seen_revision: revision })
      .where("name", "=", channel)
      .execute();
  for (const some of chunks(alerts.map(alertRow)))
    await db
      .insertInto("alerts")
      .values(some)
      .onConflict((conflict) =>
        conflict.columns(["channel", "incident_id"]).doUpdateSet((update) => ({
          state: update.ref("excluded.state"),
          changed_at_ms: update.ref("excluded.changed_at_ms"),
          is_held_back: update.ref("excluded.is_held_back"),
          opened_at_ms: update.ref("excluded.opened_at_ms"),
          told: update.ref("excluded.told"),
          messages: update.ref("excluded.messages"),
        })),
      )
      .execute();
  await insertMessages(db, channel, messages, atMs);
  return true;
}

function alertRow(alert: Alert): AlertsTable {
  return {
    channel: alert.channel,
    incident_id: alert.incidentId,
    service: alert.service,
    state: alert.state,
    created_at_ms: alert.createdAtMs,
    changed_at_ms: alert.changedAtMs,
    is_held_back: alert.isHeldBack ? 1 : 0,
    opened_at_ms: alert.openedAtMs ?? null,
    told: alert.told === undefined ? null : JSON.stringify(alert.told),
    messages: alert.messages,
  };
}

function toAlert(row: Selectable<AlertsTable>): Alert {
  const state = alertState.safeParse(row.state);
  if (!state.success) throw corrupt("alerts.state", state.error);
  return {
    channel: row.channel,
    incidentId: row.incident_id,
    service: row.service,
    state: state.data,
    createdAtMs: row.created_at_ms,
    changedAtMs: row.changed_at_ms,
    isHeldBack: row.is_held_back === 1,
    openedAtMs: row.opened_at_ms ?? undefined,
    told: row.told === null ? undefined : fromJson(told, "alerts.told", row.told),
    messages: row.messages,
  };
}
