import type { Kysely, Selectable } from "kysely";
import { z } from "zod";
import type { ActiveAlert, ActiveAlerts, Alert, AlertPlan } from "../alert.ts";
import { chunks } from "../chunks.ts";
import { corrupt, fromJson } from "../rows.ts";
import type { AlertsTable, Tables } from "../tables.ts";
import { holdsAlertLease } from "./alert-channels.ts";
import { selectIncidentFeedback } from "./feedback.ts";
import { selectIncidentsById } from "./incidents.ts";
import { insertMessages } from "./outbox.ts";
import { selectSilences } from "./silences.ts";

const DAY_MS = 86_400_000;

const alertState = z.enum(["waiting", "open", "over", "gathered", "dropped"]);
const told = z.object({
  atMs: z.number(),
  anomalies: z.number(),
  severityNumber: z.number(),
  templateIds: z.array(z.string()),
  outgrownAtMs: z.number().optional(),
  endedAtMs: z.number().optional(),
});

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

/** Waiting and open ones, the longest waiting first; none of which a message waits to be sent. */
export async function selectActiveAlerts(
  db: Kysely<Tables>,
  channel: string,
  limit: number,
): Promise<ActiveAlerts> {
  const rows = await db
    .selectFrom("alerts")
    .selectAll()
    .where("channel", "=", channel)
    .where("state", "in", ["waiting", "open"])
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom("outbox")
            .select("outbox.key")
            .where("outbox.channel", "=", channel)
            .whereRef("outbox.key", "=", "alerts.message_key")
            .where("outbox.state", "=", "waiting"),
        ),
      ),
    )
    .orderBy("incident_id")
    .limit(limit)
    .execute();
  const ids = rows.map((row) => row.incident_id);
  const incidentOf = new Map((await selectIncidentsById(db, ids)).map((one) => [one.id, one]));
  const silences = await selectSilences(
    db,
    [...incidentOf.values()].map((one) => one.strongestId),
  );
  const feedback = Map.groupBy(await selectIncidentFeedback(db, ids), ({ incidentId }) => incidentId);
  const active: ActiveAlert[] = [];
  const lost: Alert[] = [];
  for (const alert of rows.map(toAlert)) {
    const incident = incidentOf.get(alert.incidentId);
    if (incident === undefined) lost.push(alert);
    else
      active.push({
        alert,
        incident,
        feedback: feedback.get(incident.id) ?? [],
        silence: silences.get(incident.strongestId),
      });
  }
  return { active, lost };
}

/** When the channel last told of a new incident, by service. Times ahead of now are of a clock that was set back since: they bound nothing. */
export async function selectOpenedServices(
  db: Kysely<Tables>,
  channel: string,
  nowMs: number,
): Promise<ReadonlyMap<string, number>> {
  const rows = await db
    .selectFrom("alerts")
    .select(({ fn }) => ["service", fn.max("opened_at_ms").as("at_ms")])
    .where("channel", "=", channel)
    .where("opened_at_ms", ">", nowMs - DAY_MS)
    .where("opened_at_ms", "<=", nowMs)
    .groupBy("service")
    .execute();
  return new Map(rows.map((row) => [row.service, Number(row.at_ms)]));
}

/** Stores what a channel tells next, while the lease holds; called within a transaction. */
export async function saveAlertPlan(db: Kysely<Tables>, plan: AlertPlan): Promise<boolean> {
  const { channel, holder, atMs, revision, eventsRevision, alerts, messages } = plan;
  if (!(await holdsAlertLease(db, holder))) return false;
  const row = await db
    .selectFrom("alert_channels")
    .select("name")
    .where("name", "=", channel)
    .executeTakeFirst();
  if (row === undefined) return false;
  const seen = {
    ...(revision === undefined ? {} : { seen_revision: revision }),
    ...(eventsRevision === undefined ? {} : { events_revision: eventsRevision }),
  };
  if (Object.keys(seen).length > 0)
    await db.updateTable("alert_channels").set(seen).where("name", "=", channel).execute();
  for (const some of chunks(alerts.map(alertRow)))
    await db
      .insertInto("alerts")
      .values(some)
      .onConflict((conflict) =>
        conflict.columns(["channel", "incident_id"]).doUpdateSet((update) => ({
          state: update.ref("excluded.state"),
          created_at_ms: update.ref("excluded.created_at_ms"),
          changed_at_ms: update.ref("excluded.changed_at_ms"),
          is_held_back: update.ref("excluded.is_held_back"),
          opened_at_ms: update.ref("excluded.opened_at_ms"),
          told: update.ref("excluded.told"),
          messages: update.ref("excluded.messages"),
          message_key: update.ref("excluded.message_key"),
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
    message_key: alert.messageKey ?? null,
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
    messageKey: row.message_key ?? undefined,
  };
}
