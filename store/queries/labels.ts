import { type Kysely, sql } from "kysely";
import type { Label } from "../label.ts";
import { fromJson, jsonColumns } from "../rows.ts";
import type { Tables } from "../tables.ts";

/** A subject as JSON.stringify writes it into window_events; in a template's text its quotes would be escaped. */
const SUBJECT = '%"isSubject":true%';

/** Of each anomaly with standing feedback the latest word, newest first. */
export async function selectLabels(db: Kysely<Tables>, limit: number): Promise<readonly Label[]> {
  const rows = await db
    .selectFrom("feedback")
    .innerJoin("anomalies", "anomalies.id", "feedback.anomaly_id")
    .select([
      "anomalies.id",
      "anomalies.service",
      "anomalies.template_id",
      "anomalies.time_ms",
      "anomalies.score",
      "anomalies.explanation",
      "feedback.is_true_anomaly",
      "feedback.created_at_ms",
      sql<number>`case when window_events like ${SUBJECT} then 0 else 1 end`.as("is_end"),
    ])
    .where("feedback.undone_at_ms", "is", null)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom("feedback as later")
            .select("later.id")
            .whereRef("later.anomaly_id", "=", "feedback.anomaly_id")
            .whereRef("later.id", ">", "feedback.id")
            .where("later.undone_at_ms", "is", null),
        ),
      ),
    )
    .orderBy("feedback.id", "desc")
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    anomalyId: row.id,
    service: row.service,
    templateId: row.template_id,
    isEnd: row.is_end === 1,
    timeMs: row.time_ms,
    score: row.score,
    isTrueAnomaly: row.is_true_anomaly === 1,
    detectors: fromJson(jsonColumns.explanation, "anomalies.explanation", row.explanation).detectors,
    createdAtMs: row.created_at_ms,
  }));
}
