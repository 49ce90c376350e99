import type { Kysely } from "kysely";
import type { AnomalyFilter } from "../anomaly.ts";
import { chunks } from "../chunks.ts";
import {
  type Grouped,
  groupIncidents,
  type Incident,
  type IncidentMember,
  SAME_TEMPLATE_GAP_MS,
} from "../incident.ts";
import { incidentRow, toIncident } from "../rows.ts";
import type { Page } from "../store.ts";
import type { Tables } from "../tables.ts";
import { anomalyConditions } from "./anomaly-conditions.ts";

/** Incidents of one service that a batch may add to. */
const CANDIDATES_MAX = 200;

/**
 * Puts stored alerts that have no incident yet into one; what has one stays where it is, so that a batch may be written again.
 *
 * @param revision of the batch
 */
export async function assignIncidents(
  db: Kysely<Tables>,
  anomalies: readonly IncidentMember[],
  revision: number,
): Promise<void> {
  for (const [service, members] of Map.groupBy(anomalies, (one) => one.service)) {
    const waiting = await withoutIncident(db, members);
    if (waiting.length === 0) continue;
    const known = await selectCandidates(db, service, waiting);
    const { incidents, incidentOf } = groupIncidents(known, waiting);
    await saveIncidents(db, incidents, revision);
    await saveMembers(db, incidentOf, revision);
  }
}

async function withoutIncident(
  db: Kysely<Tables>,
  members: readonly IncidentMember[],
): Promise<readonly IncidentMember[]> {
  const waiting = new Set<string>();
  for (const some of chunks(members)) {
    const rows = await db
      .selectFrom("anomalies")
      .select("id")
      .where(
        "id",
        "in",
        some.map(({ id }) => id),
      )
      .where("incident_id", "is", null)
      .where("is_alert", "=", 1)
      .execute();
    for (const { id } of rows) waiting.add(id);
  }
  return members.filter(({ id }) => waiting.has(id));
}

async function selectCandidates(
  db: Kysely<Tables>,
  service: string,
  members: readonly IncidentMember[],
): Promise<readonly Incident[]> {
  const times = members.map(({ timeMs }) => timeMs);
  const earliestMs = times.reduce((a, b) => Math.min(a, b));
  const latestMs = times.reduce((a, b) => Math.max(a, b));
  const rows = await db
    .selectFrom("incidents")
    .selectAll()
    .where("service", "=", service)
    .where("last_at_ms", ">=", earliestMs - SAME_TEMPLATE_GAP_MS)
    .where("started_at_ms", "<=", latestMs + SAME_TEMPLATE_GAP_MS)
    .orderBy("last_at_ms", "desc")
    .limit(CANDIDATES_MAX)
    .execute();
  return rows.map(toIncident);
}

/**
 * In the place of those with the same ids.
 *
 * @param revision of the batch that changed them; undefined where nothing was added
 */
export async function saveIncidents(
  db: Kysely<Tables>,
  incidents: readonly Incident[],
  revision?: number,
): Promise<void> {
  const inserted = revision === undefined ? {} : { revision, begun_revision: revision };
  const changed = revision === undefined ? {} : { revision };
  for (const some of chunks(incidents))
    await db
      .insertInto("incidents")
      .values(some.map((one) => ({ ...incidentRow(one), ...inserted })))
      .onConflict((conflict) =>
        conflict.column("id").doUpdateSet((update) => ({
          started_at_ms: update.ref("excluded.started_at_ms"),
          last_at_ms: update.ref("excluded.last_at_ms"),
          anomalies: update.ref("excluded.anomalies"),
          max_score: update.ref("excluded.max_score"),
          severity_number: update.ref("excluded.severity_number"),
          strongest_id: update.ref("excluded.strongest_id"),
          templates: update.ref("excluded.templates"),
          ...changed,
        })),
      )
      .execute();
}

async function saveMembers(
  db: Kysely<Tables>,
  incidentOf: Grouped["incidentOf"],
  revision: number,
): Promise<void> {
  for (const [incidentId, entries] of Map.groupBy(incidentOf, ([, incident]) => incident))
    for (const some of chunks(entries))
      await db
        .updateTable("anomalies")
        .set({ incident_id: incidentId, revision })
        .where(
          "id",
          "in",
          some.map(([id]) => id),
        )
        .execute();
}

/** Those of which an anomaly matches the filter, the last to begin first; unlabelled are those of which nothing is said of any. */
export async function selectIncidents(
  db: Kysely<Tables>,
  filter: AnomalyFilter,
  { first, after }: Page<string>,
): Promise<readonly Incident[]> {
  const { incidentId } = filter;
  const isUnlabelled = filter.verdict === "unlabelled";
  // Its anomalies are of its service: asked for, SQLite looks at all of that service for each incident.
  const verdict = isUnlabelled ? undefined : filter.verdict;
  const inOne: AnomalyFilter = { ...filter, service: undefined, verdict };
  const isFiltered = Object.values(inOne).some((value) => value !== undefined);
  const rows = await db
    .selectFrom("incidents")
    .selectAll()
    .$if(filter.service !== undefined, (query) => query.where("service", "=", filter.service ?? ""))
    .$if(incidentId !== undefined, (query) => query.where("id", "=", incidentId ?? ""))
    .$if(isUnlabelled, (query) =>
      query.where(({ not, exists, selectFrom }) =>
        not(
          exists(
            // The other way round all labels would be looked at for each page: a cross join is done in its order.
            selectFrom("anomalies")
              .crossJoin("feedback")
              .select("feedback.id")
              .whereRef("anomalies.incident_id", "=", "incidents.id")
              .whereRef("feedback.anomaly_id", "=", "anomalies.id")
              .where("feedback.undone_at_ms", "is", null),
          ),
        ),
      ),
    )
    .$if(isFiltered, (query) =>
      query.where((where) =>
        where.exists(
          where
            .selectFrom("anomalies")
            .select("anomalies.id")
            .whereRef("anomalies.incident_id", "=", "incidents.id")
            .where((inner) => inner.and(anomalyConditions(inner, inOne))),
        ),
      ),
    )
    .$if(after !== undefined, (query) => query.where("id", "<", after ?? ""))
    .orderBy("id", "desc")
    .limit(first)
    .execute();
  return rows.map(toIncident);
}

/** Those with these ids, in any order. */
export async function selectIncidentsById(
  db: Kysely<Tables>,
  ids: readonly string[],
): Promise<readonly Incident[]> {
  const found: Incident[] = [];
  for (const some of chunks(ids)) {
    const rows = await db.selectFrom("incidents").selectAll().where("id", "in", some).execute();
    found.push(...rows.map(toIncident));
  }
  return found;
}
