import type { Kysely } from "kysely";
import { sql } from "kysely";
import type { LabelCounts, LabellingCandidate } from "../feedback.ts";
import type { Tables } from "../tables.ts";
import { hasVerdict } from "./anomaly-conditions.ts";

/** Of one service and template: with those of a flood nothing else would be listed. */
const CANDIDATES_EACH = 20;

/** What could be labelled and is not, alerts and samples: the newest of each service and template first, then the second newest of each. */
export async function selectLabellingCandidates(
  db: Kysely<Tables>,
  service: string | undefined,
  limit: number,
): Promise<readonly LabellingCandidate[]> {
  const rows = await db
    .selectFrom((from) =>
      from
        .selectFrom("anomalies")
        .select(["id", "service", "template_id", "score", "threshold"])
        .select([
          sql<number>`row_number() over (partition by service, template_id order by id desc)`.as("place"),
          sql<number>`count(*) over (partition by service, template_id)`.as("similar"),
        ])
        .$if(service !== undefined, (query) => query.where("service", "=", service ?? ""))
        .where((where) => hasVerdict(where, "unlabelled"))
        .as("candidates"),
    )
    .selectAll()
    .where("place", "<=", CANDIDATES_EACH)
    .orderBy("place")
    .orderBy("id", "desc")
    .limit(limit)
    .execute();
  return rows.map(({ id, service: name, template_id: templateId, score, threshold, similar }) => ({
    id,
    service: name,
    templateId,
    score,
    threshold,
    similar: Number(similar),
  }));
}

/** How many anomalies carry a label, by the last word on each; by service and template. */
export async function selectLabelCounts(
  db: Kysely<Tables>,
  service: string | undefined,
): Promise<readonly LabelCounts[]> {
  const rows = await db
    .selectFrom("feedback")
    .innerJoin("anomalies", "anomalies.id", "feedback.anomaly_id")
    .select([
      "anomalies.service as service",
      "anomalies.template_id as template_id",
      sql<number>`sum(feedback.is_true_anomaly)`.as("confirmed"),
      sql<number>`sum(1 - feedback.is_true_anomaly)`.as("expected"),
    ])
    .where("feedback.undone_at_ms", "is", null)
    .where(
      sql<boolean>`feedback.id = (select max(f.id) from feedback f where f.anomaly_id = feedback.anomaly_id and f.undone_at_ms is null)`,
    )
    .$if(service !== undefined, (query) => query.where("anomalies.service", "=", service ?? ""))
    .groupBy(["anomalies.service", "anomalies.template_id"])
    .execute();
  return rows.map((row) => ({
    service: row.service,
    templateId: row.template_id,
    confirmed: Number(row.confirmed),
    expected: Number(row.expected),
  }));
}
