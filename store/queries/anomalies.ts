import { type ExpressionBuilder, type Kysely, type SqlBool, sql } from "kysely";
import { chunks } from "../chunks.ts";
import { anomalyRow, toAnomaly } from "../rows.ts";
import type { Anomaly, AnomalyFilter, Page } from "../store.ts";
import type { Tables } from "../tables.ts";

/** Keeps anomalies; one that is stored already stays as it is, so that a batch may be written again. */
export async function insertAnomalies(db: Kysely<Tables>, anomalies: readonly Anomaly[]): Promise<void> {
  for (const some of chunks(anomalies))
    await db
      .insertInto("anomalies")
      .values(some.map(anomalyRow))
      .onConflict((conflict) => conflict.column("id").doNothing())
      .execute();
}

export async function selectAnomalies(
  db: Kysely<Tables>,
  filter: AnomalyFilter,
  { first, after }: Page<string>,
): Promise<readonly Anomaly[]> {
  const rows = await db
    .selectFrom("anomalies")
    .selectAll()
    .where((where) => where.and(conditions(where, filter)))
    .$if(after !== undefined, (query) => query.where("id", "<", after ?? ""))
    .orderBy("id", "desc")
    .limit(first)
    .execute();
  return rows.map(toAnomaly);
}

export async function selectAnomaly(db: Kysely<Tables>, id: string): Promise<Anomaly | undefined> {
  const row = await db.selectFrom("anomalies").selectAll().where("id", "=", id).executeTakeFirst();
  return row === undefined ? undefined : toAnomaly(row);
}

export async function selectAnomaliesSince(
  db: Kysely<Tables>,
  afterId: string,
  limit: number,
  service: string | undefined,
): Promise<readonly Anomaly[]> {
  const rows = await db
    .selectFrom("anomalies")
    .selectAll()
    .where("id", ">", afterId)
    .where((where) => where.and(conditions(where, { service })))
    .orderBy("id")
    .limit(limit)
    .execute();
  return rows.map(toAnomaly);
}

export async function countAnomalies(db: Kysely<Tables>, filter: AnomalyFilter): Promise<number> {
  const { count } = await db
    .selectFrom("anomalies")
    .select((select) => select.fn.countAll().as("count"))
    .where((where) => where.and(conditions(where, filter)))
    .executeTakeFirstOrThrow();
  return Number(count);
}

function conditions(where: ExpressionBuilder<Tables, "anomalies">, filter: AnomalyFilter) {
  const { service, fromMs, toMs, minScore, isTrueAnomaly, templateId, traceId, text } = filter;
  return [
    ...(service === undefined ? [] : [where("service", "=", service)]),
    ...(fromMs === undefined ? [] : [where("time_ms", ">=", fromMs)]),
    ...(toMs === undefined ? [] : [where("time_ms", "<", toMs)]),
    ...(minScore === undefined ? [] : [where("score", ">=", minScore)]),
    ...(templateId === undefined ? [] : [where("template_id", "=", templateId)]),
    ...(traceId === undefined ? [] : [where("trace_id", "=", traceId)]),
    ...(text === undefined ? [] : [containsText(text)]),
    ...(isTrueAnomaly === undefined ? [] : [where.exists(standingFeedback(where, isTrueAnomaly))]),
  ];
}

function standingFeedback(where: ExpressionBuilder<Tables, "anomalies">, isTrueAnomaly: boolean) {
  return where
    .selectFrom("feedback")
    .select("feedback.id")
    .whereRef("feedback.anomaly_id", "=", "anomalies.id")
    .where("feedback.undone_at_ms", "is", null)
    .where("feedback.is_true_anomaly", "=", isTrueAnomaly ? 1 : 0);
}

/** A literal substring of body or template, whatever wildcards of LIKE it has in it. */
function containsText(text: string) {
  const pattern = `%${text.toLowerCase().replace(/[\\%_]/g, "\\$&")}%`;
  return sql<SqlBool>`(lower(body) like ${pattern} escape '\\' or lower(template) like ${pattern} escape '\\')`;
}
