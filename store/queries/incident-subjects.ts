import type { Kysely } from "kysely";
import type { AnomalySubject } from "../label.ts";
import type { Tables } from "../tables.ts";
import { evidenceOf, isOldEnd, kindOfRow } from "./labels.ts";

/** What an incident's strongest anomalies are about, the strongest first; those whose explanation cannot be read are left out. */
export async function selectIncidentSubjects(
  db: Kysely<Tables>,
  incidentId: string,
  limit: number,
): Promise<readonly AnomalySubject[]> {
  const rows = await db
    .selectFrom("anomalies")
    .select(["id", "kind", "template_id", "explanation", isOldEnd.as("is_old_end")])
    .where("incident_id", "=", incidentId)
    .orderBy("score", "desc")
    .orderBy("id")
    .limit(limit)
    .execute();
  return rows.flatMap((row): AnomalySubject[] => {
    const found = evidenceOf(row.explanation);
    if (found === undefined) return [];
    const [strongest] = found.toSorted((a, b) => a.pValue - b.pValue);
    return [{ id: row.id, kind: kindOfRow(row), detector: strongest?.detector ?? "" }];
  });
}
