import { type Expression, type ExpressionBuilder, type SqlBool, sql } from "kysely";
import type { AnomalyFilter } from "../anomaly.ts";
import { FOLD_CASE, foldCase } from "../fold-case.ts";
import type { Tables } from "../tables.ts";

type Where = ExpressionBuilder<Tables, "anomalies">;

/** What an anomaly must fulfil to match the filter: each of them. */
export function anomalyConditions(where: Where, filter: AnomalyFilter): readonly Expression<SqlBool>[] {
  const { service, fromMs, toMs, minScore, maxScore, verdict, templateId, traceId, text, incidentId } =
    filter;
  return [
    ...(service === undefined ? [] : [where("anomalies.service", "=", service)]),
    ...(fromMs === undefined ? [] : [where("time_ms", ">=", fromMs)]),
    ...(toMs === undefined ? [] : [where("time_ms", "<", toMs)]),
    ...(minScore === undefined ? [] : [where("score", ">=", minScore)]),
    ...(maxScore === undefined ? [] : [where("score", "<=", maxScore)]),
    ...(templateId === undefined ? [] : [where("template_id", "=", templateId)]),
    ...(traceId === undefined ? [] : [where("trace_id", "=", traceId)]),
    ...(incidentId === undefined ? [] : [where("incident_id", "=", incidentId)]),
    ...(text === undefined ? [] : [containsText(text)]),
    ...(verdict === undefined ? [] : [hasVerdict(where, verdict)]),
  ];
}

/** Whether people have said nothing, or what they said last. */
export function hasVerdict(
  where: Where,
  verdict: NonNullable<AnomalyFilter["verdict"]>,
): Expression<SqlBool> {
  const standing = where
    .selectFrom("feedback")
    .select("feedback.id")
    .whereRef("feedback.anomaly_id", "=", "anomalies.id")
    .where("feedback.undone_at_ms", "is", null);
  if (verdict === "unlabelled") return where.not(where.exists(standing));
  // Ids are ULIDs: the greatest one is the latest.
  const last = sql<number>`(select feedback.is_true_anomaly from feedback
    where feedback.anomaly_id = anomalies.id and feedback.undone_at_ms is null order by feedback.id desc limit 1)`;
  return where(last, "=", verdict === "confirmed" ? 1 : 0);
}

/** A literal substring of body or template, whatever wildcards of LIKE it has in it. */
function containsText(text: string): Expression<SqlBool> {
  // The database's own lower() is three times as fast, and knows ASCII alone.
  const isAscii = /^[\0-\x7f]*$/.test(text);
  const pattern = `%${(isAscii ? text.toLowerCase() : foldCase(text)).replace(/[\\%_]/g, "\\$&")}%`;
  const folded = (column: string) => sql`${sql.raw(isAscii ? "lower" : FOLD_CASE)}(${sql.ref(column)})`;
  return sql<SqlBool>`(${folded("body")} like ${pattern} escape '\\' or ${folded("template")} like ${pattern} escape '\\')`;
}
