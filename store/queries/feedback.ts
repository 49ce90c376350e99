import { type Kysely, sql } from "kysely";
import { chunks } from "../chunks.ts";
import type { Feedback, FeedbackCounts, IncidentFeedback, LabelledScore, NewFeedback } from "../feedback.ts";
import { toFeedback } from "../rows.ts";
import type { Tables } from "../tables.ts";

/**
 * Within a transaction: all of it or nothing.
 * @returns false when one of the anomalies is not there: a sample may have been replaced meanwhile
 */
export async function insertFeedback(
  db: Kysely<Tables>,
  feedback: readonly NewFeedback[],
  revision: number,
): Promise<boolean> {
  for (const [index, one] of feedback.entries()) {
    if (await insertOne(db, one, revision)) continue;
    const before = feedback.slice(0, index).map(({ id }) => id);
    if (before.length > 0) await db.deleteFrom("feedback").where("id", "in", before).execute();
    return false;
  }
  for (const { replaces = [], createdAtMs, author } of feedback)
    for (const id of replaces) await markUndone(db, id, { atMs: createdAtMs, by: author, revision });
  return true;
}

async function insertOne(db: Kysely<Tables>, feedback: Feedback, revision: number): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto("feedback")
    .columns(["id", "anomaly_id", "is_true_anomaly", "note", "author", "created_at_ms", "revision"])
    .expression(
      db
        .selectFrom("anomalies")
        .select([
          sql.val(feedback.id).as("id"),
          "anomalies.id as anomaly_id",
          sql.val(feedback.isTrueAnomaly ? 1 : 0).as("is_true_anomaly"),
          sql.val(feedback.note ?? null).as("note"),
          sql.val(feedback.author ?? null).as("author"),
          sql.val(feedback.createdAtMs).as("created_at_ms"),
          sql.val(revision).as("revision"),
        ])
        .where("anomalies.id", "=", feedback.anomalyId),
    )
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows !== 0n;
}

interface Undoing {
  readonly atMs: number;
  readonly by: string | undefined;
  /** Of the change. */
  readonly revision: number;
}

/** @returns false when there is no such feedback, or it was undone before */
export async function markUndone(
  db: Kysely<Tables>,
  id: string,
  { atMs, by, revision }: Undoing,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("feedback")
    .set({ undone_at_ms: atMs, undone_by: by ?? null, revision })
    .where("id", "=", id)
    .where("undone_at_ms", "is", null)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

/** The feedback of some anomalies, oldest first: what stands, or all there was. */
export async function selectFeedback(
  db: Kysely<Tables>,
  anomalyIds: readonly string[],
  includeUndone: boolean,
): Promise<readonly Feedback[]> {
  if (anomalyIds.length === 0) return [];
  const rows = await db
    .selectFrom("feedback")
    .selectAll()
    .where("anomaly_id", "in", anomalyIds)
    .$if(!includeUndone, (query) => query.where("undone_at_ms", "is", null))
    .orderBy("id")
    .execute();
  return rows.map(toFeedback);
}

/** The standing feedback on the anomalies of some incidents, oldest first. */
export async function selectIncidentFeedback(
  db: Kysely<Tables>,
  incidentIds: readonly string[],
): Promise<readonly IncidentFeedback[]> {
  const found: IncidentFeedback[] = [];
  for (const some of chunks(incidentIds)) {
    const rows = await db
      .selectFrom("feedback")
      .innerJoin("anomalies", "anomalies.id", "feedback.anomaly_id")
      .selectAll("feedback")
      .select(["anomalies.incident_id", "anomalies.template_id", "anomalies.kind"])
      .where("anomalies.incident_id", "in", some)
      .where("feedback.undone_at_ms", "is", null)
      .orderBy("feedback.id")
      .execute();
    found.push(
      ...rows.map((row) => ({
        ...toFeedback(row),
        incidentId: row.incident_id ?? "",
        templateId: row.template_id,
        kind: row.kind ?? undefined,
      })),
    );
  }
  return found;
}

/** The incidents of which something was said or taken back after a change, in any order. */
export async function selectIncidentsJudgedSince(
  db: Kysely<Tables>,
  after: number,
): Promise<{ incidentIds: readonly string[]; revision: number }> {
  const rows = await db
    .selectFrom("feedback")
    .innerJoin("anomalies", "anomalies.id", "feedback.anomaly_id")
    .select("anomalies.incident_id")
    .select(({ fn }) => fn.max("feedback.revision").as("revision"))
    .where("feedback.revision", ">", after)
    .groupBy("anomalies.incident_id")
    .execute();
  return {
    incidentIds: rows.flatMap(({ incident_id }) => incident_id ?? []),
    revision: rows.reduce((last, { revision }) => Math.max(last, revision), after),
  };
}

export async function countFeedback(db: Kysely<Tables>): Promise<FeedbackCounts> {
  const rows = await db
    .selectFrom("feedback")
    .select((select) => ["is_true_anomaly", select.fn.countAll().as("count")])
    .groupBy("is_true_anomaly")
    .execute();
  const count = (label: number) => Number(rows.find((row) => row.is_true_anomaly === label)?.count ?? 0);
  return { confirmed: count(1), expected: count(0) };
}

export async function selectLabelledScores(
  db: Kysely<Tables>,
  service: string,
  fromMs: number | undefined,
  toMs: number | undefined,
): Promise<readonly LabelledScore[]> {
  const rows = await db
    .selectFrom("feedback")
    .innerJoin("anomalies", "anomalies.id", "feedback.anomaly_id")
    .select(["anomalies.id", "anomalies.score", "feedback.is_true_anomaly"])
    .where("anomalies.service", "=", service)
    .where("feedback.undone_at_ms", "is", null)
    .$if(fromMs !== undefined, (query) => query.where("anomalies.time_ms", ">=", fromMs ?? 0))
    .$if(toMs !== undefined, (query) => query.where("anomalies.time_ms", "<", toMs ?? 0))
    .orderBy("feedback.id")
    .execute();
  return rows.map((row) => ({
    anomalyId: row.id,
    score: row.score,
    isTrueAnomaly: row.is_true_anomaly === 1,
  }));
}
