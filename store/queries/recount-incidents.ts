import { type Kysely, sql } from "kysely";
import { chunks } from "../chunks.ts";
import { INCIDENT_TEMPLATES_MAX, type Incident } from "../incident.ts";
import type { Tables } from "../tables.ts";
import { saveIncidents } from "./incidents.ts";

/** What is stored of a template in an incident, named by its strongest anomaly. */
interface Part {
  readonly incident_id: string;
  readonly service: string;
  readonly template_id: string;
  readonly template: string;
  readonly strongest_id: string;
  readonly max_score: number;
  readonly anomalies: number;
  readonly severity_number: number;
  readonly first_ms: number;
  readonly last_ms: number;
}

/**
 * Makes the incidents that lost anomalies what is left of them, and deletes those of which nothing is. Their anomalies are deleted
 * singly, since one incident may have very many and people label a few: what it says of itself is of those that can still be looked
 * at, rather than a past whose strongest anomaly nobody can open.
 *
 * @param beforeMs only incidents that began before it have lost any
 */
export async function recountIncidents(db: Kysely<Tables>, beforeMs: number): Promise<void> {
  await db
    .deleteFrom("incidents")
    .where("last_at_ms", "<", beforeMs)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom("anomalies")
            .select("anomalies.id")
            .whereRef("anomalies.incident_id", "=", "incidents.id"),
        ),
      ),
    )
    .execute();
  const changed = await db
    .selectFrom("incidents")
    .select("id")
    .where("started_at_ms", "<", beforeMs)
    .where(
      "anomalies",
      "!=",
      sql<number>`(select count(*) from anomalies where anomalies.incident_id = incidents.id)`,
    )
    .execute();
  for (const some of chunks(changed)) {
    const parts = await selectParts(
      db,
      some.map(({ id }) => id),
    );
    const byIncident = Map.groupBy(parts, (part) => part.incident_id);
    await saveIncidents(db, [...byIncident].flatMap(toIncident));
  }
}

/** Those that came first come first. Of the anomalies the index anomalies_by_incident alone is read, but of each strongest one. */
async function selectParts(db: Kysely<Tables>, incidentIds: readonly string[]): Promise<readonly Part[]> {
  const { rows } = await sql<Part>`
    select parts.*, strongest.id as strongest_id, strongest.service, strongest.template
    from (
      select incident_id, template_id, count(*) as anomalies, max(score) as max_score,
        max(severity_number) as severity_number, min(time_ms) as first_ms, max(time_ms) as last_ms
      from anomalies where incident_id in (${sql.join(incidentIds)}) group by incident_id, template_id
    ) as parts
    join anomalies as strongest on strongest.id = (
      select min(id) from anomalies
      where incident_id = parts.incident_id and template_id = parts.template_id and score = parts.max_score
    )
    order by first_ms, strongest.id`.execute(db);
  return rows;
}

/** Example: of a template with the score 0.9 and one with 0.95 the second one's anomaly is the incident's strongest. */
function toIncident([id, parts]: readonly [string, readonly Part[]]): readonly Incident[] {
  const [strongest] = parts.toSorted((a, b) => b.max_score - a.max_score);
  if (strongest === undefined) return [];
  return [
    {
      id,
      service: strongest.service,
      startedAtMs: parts.reduce((min, { first_ms: ms }) => Math.min(min, ms), strongest.first_ms),
      lastAtMs: parts.reduce((max, { last_ms: ms }) => Math.max(max, ms), strongest.last_ms),
      anomalies: parts.reduce((sum, part) => sum + Number(part.anomalies), 0),
      maxScore: strongest.max_score,
      severityNumber: parts.reduce((max, part) => Math.max(max, part.severity_number), 0),
      strongestId: strongest.strongest_id,
      templates: parts.slice(0, INCIDENT_TEMPLATES_MAX).map((part) => ({
        templateId: part.template_id,
        template: part.template,
        anomalies: Number(part.anomalies),
        maxScore: part.max_score,
        strongestId: part.strongest_id,
      })),
    },
  ];
}
