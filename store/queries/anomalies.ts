import type { Kysely } from "kysely";
import type { Anomaly, AnomalyFilter, StoredAnomaly } from "../anomaly.ts";
import { chunks } from "../chunks.ts";
import { anomalyRow, toAnomaly } from "../rows.ts";
import type { Page } from "../store.ts";
import type { Tables } from "../tables.ts";
import { anomalyConditions } from "./anomaly-conditions.ts";

const ALERT = 1;

/** Keeps anomalies; one that is stored already stays as it is, so that a batch may be written again. */
export async function insertAnomalies(db: Kysely<Tables>, anomalies: readonly Anomaly[]): Promise<void> {
  for (const some of chunks(anomalies))
    await db
      .insertInto("anomalies")
      .values(some.map((anomaly) => anomalyRow(anomaly, undefined)))
      .onConflict((conflict) => conflict.column("id").doNothing())
      .execute();
}

export async function selectAnomalies(
  db: Kysely<Tables>,
  filter: AnomalyFilter,
  { first, after }: Page<string>,
): Promise<readonly StoredAnomaly[]> {
  const rows = await db
    .selectFrom("anomalies")
    .selectAll()
    .where("is_alert", "=", ALERT)
    .where((where) => where.and(anomalyConditions(where, filter)))
    .$if(after !== undefined, (query) => query.where("id", "<", after ?? ""))
    .orderBy("id", "desc")
    .limit(first)
    .execute();
  return rows.map(toAnomaly);
}

/** Those with these ids, sampled records among them, in any order. */
export async function selectAnomaliesById(
  db: Kysely<Tables>,
  ids: readonly string[],
): Promise<readonly StoredAnomaly[]> {
  const found: StoredAnomaly[] = [];
  for (const some of chunks(ids)) {
    const rows = await db.selectFrom("anomalies").selectAll().where("id", "in", some).execute();
    found.push(...rows.map(toAnomaly));
  }
  return found;
}

export async function selectAnomaliesSince(
  db: Kysely<Tables>,
  afterId: string,
  limit: number,
  service: string | undefined,
): Promise<readonly StoredAnomaly[]> {
  const rows = await db
    .selectFrom("anomalies")
    .selectAll()
    .where("is_alert", "=", ALERT)
    .where("id", ">", afterId)
    .where((where) => where.and(anomalyConditions(where, { service })))
    .orderBy("id")
    .limit(limit)
    .execute();
  return rows.map(toAnomaly);
}

export async function countAnomalies(db: Kysely<Tables>, filter: AnomalyFilter): Promise<number> {
  const { count } = await db
    .selectFrom("anomalies")
    .select((select) => select.fn.countAll().as("count"))
    .where("is_alert", "=", ALERT)
    .where((where) => where.and(anomalyConditions(where, filter)))
    .executeTakeFirstOrThrow();
  return Number(count);
}
