import { type Kysely, sql } from "kysely";
import type { Anomaly, AnomalyCursor, AnomalyFilter, StoredAnomaly } from "../anomaly.ts";
import { chunks } from "../chunks.ts";
import { anomalyRow, toAnomaly } from "../rows.ts";
import type { Page } from "../store.ts";
import type { Tables } from "../tables.ts";
import { anomalyConditions } from "./anomaly-conditions.ts";

const ALERT = 1;

/**
 * Keeps anomalies; one that is stored already stays as it is, so that a batch may be written again. What another stage has found and
 * stored before is not stored a second time: it is found by its second name as well.
 *
 * @returns those that another stage has stored
 */
export async function insertAnomalies(
  db: Kysely<Tables>,
  anomalies: readonly Anomaly[],
): Promise<readonly Anomaly[]> {
  const repeated: Anomaly[] = [];
  for (const some of chunks(anomalies)) {
    const inserted = await db
      .insertInto("anomalies")
      .values(some.map((anomaly) => anomalyRow(anomaly, undefined)))
      .onConflict((conflict) => conflict.doNothing())
      .returning("id")
      .execute();
    const stored = new Set(inserted.map(({ id }) => id));
    repeated.push(
      ...(await nameAgain(
        db,
        some.filter(({ id }) => !stored.has(id)),
      )),
    );
  }
  return repeated;
}

/** Gives what is stored under other names those of these as well. Answers those of which it is. */
async function nameAgain(db: Kysely<Tables>, anomalies: readonly Anomaly[]): Promise<readonly Anomaly[]> {
  const fingerprints = anomalies.flatMap(({ fingerprint }) => fingerprint ?? []);
  if (fingerprints.length === 0) return [];
  const rows = await db
    .selectFrom("anomalies")
    .select(["id", "fingerprint"])
    .where("fingerprint", "in", fingerprints)
    .execute();
  const idOf = new Map(rows.map(({ id, fingerprint }) => [fingerprint, id]));
  const others = anomalies.flatMap((anomaly) => {
    const id = idOf.get(anomaly.fingerprint ?? null);
    return id === undefined || id === anomaly.id ? [] : [{ anomaly, id }];
  });
  if (others.length > 0)
    await db
      .insertInto("anomaly_aliases")
      .values(others.map(({ anomaly, id }) => ({ id: anomaly.id, anomaly_id: id })))
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  return others.map(({ anomaly }) => anomaly);
}

/** An anomaly or a sampled record by its id, or by the one that another stage gave it. */
export async function selectAnomaly(db: Kysely<Tables>, id: string): Promise<StoredAnomaly | undefined> {
  const [found] = await selectAnomaliesById(db, [id]);
  if (found !== undefined) return found;
  const row = await db
    .selectFrom("anomalies")
    .innerJoin("anomaly_aliases", "anomaly_aliases.anomaly_id", "anomalies.id")
    .selectAll("anomalies")
    .where("anomaly_aliases.id", "=", id)
    .executeTakeFirst();
  return row && toAnomaly(row);
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

/** In the order in which they were stored; a batch has a number only once all with lower ones are there (see revisions.ts). */
export async function selectAnomaliesSince(
  db: Kysely<Tables>,
  { revision, id }: AnomalyCursor,
  limit: number,
): Promise<{ anomalies: readonly StoredAnomaly[]; next: AnomalyCursor }> {
  const rows = await db
    .selectFrom("anomalies")
    .selectAll()
    .where("is_alert", "=", ALERT)
    .where(
      id === undefined
        ? sql<boolean>`revision > ${revision}`
        : sql<boolean>`(revision, id) > (${revision}, ${id})`,
    )
    .orderBy("revision")
    .orderBy("id")
    .limit(limit)
    .execute();
  const last = rows.at(-1);
  return {
    anomalies: rows.map(toAnomaly),
    next: last === undefined ? { revision, id } : { revision: last.revision, id: last.id },
  };
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
