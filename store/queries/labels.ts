import { type Kysely, sql } from "kysely";
import { z } from "zod";
import { endKind } from "../kind.ts";
import type { Label, LabelPage } from "../label.ts";
import type { Page } from "../store.ts";
import type { Tables } from "../tables.ts";

/** A subject as JSON.stringify writes it into window_events; in a template's text its quotes would be escaped. */
const SUBJECT = '%"isSubject":true%';

/** What a label needs of an explanation. Where nothing was raised, and in what an earlier version stored, one p-value is both. */
const evidence = z.object({
  detectors: z.array(
    z
      .object({ detector: z.string(), pValue: z.number(), ownPValue: z.number().optional() })
      .transform((one) => ({ ...one, ownPValue: one.ownPValue ?? one.pValue })),
  ),
});

/** Of an anomaly that an earlier version stored without its kind: whether it is about what came after its event. */
export const isOldEnd = sql<number>`case when kind is null and window_events not like ${SUBJECT} then 1 else 0 end`;

/** Of each anomaly with standing feedback the latest word, newest first, paged by the feedback's id. */
export async function selectLabels(db: Kysely<Tables>, { first, after }: Page<string>): Promise<LabelPage> {
  const rows = await db
    .selectFrom("feedback")
    .innerJoin("anomalies", "anomalies.id", "feedback.anomaly_id")
    .select([
      "feedback.id as feedback_id",
      "anomalies.id",
      "anomalies.service",
      "anomalies.kind",
      "anomalies.template_id",
      "anomalies.time_ms",
      "anomalies.score",
      "anomalies.explanation",
      "feedback.is_true_anomaly",
      "feedback.created_at_ms",
      isOldEnd.as("is_old_end"),
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
    .$if(after !== undefined, (query) => query.where("feedback.id", "<", after ?? ""))
    .orderBy("feedback.id", "desc")
    .limit(first)
    .execute();
  const labels = rows.flatMap((row): Label[] => {
    const detectors = evidenceOf(row.explanation);
    if (detectors === undefined) return [];
    return [
      {
        anomalyId: row.id,
        service: row.service,
        kind: kindOfRow(row),
        templateId: row.template_id,
        timeMs: row.time_ms,
        score: row.score,
        isTrueAnomaly: row.is_true_anomaly === 1,
        detectors,
        createdAtMs: row.created_at_ms,
      },
    ];
  });
  const next = rows.length < first ? undefined : rows.at(-1)?.feedback_id;
  return { labels, unreadable: rows.length - labels.length, next };
}

/** The kind of a row, which an earlier version may have stored without it. */
export function kindOfRow({
  kind,
  template_id: templateId,
  is_old_end: isEnd,
}: Pick<Tables["anomalies"], "kind" | "template_id"> & { readonly is_old_end: number }): string {
  return kind ?? (isEnd === 1 ? endKind(templateId) : templateId);
}

/** What the verdict stood on, by the JSON of its explanation; undefined where it cannot be read. */
export function evidenceOf(explanation: string): Label["detectors"] | undefined {
  try {
    return evidence.safeParse(JSON.parse(explanation)).data?.detectors;
  } catch {
    return undefined;
  }
}

/** Changes whenever a label does: what is said, and what is taken back. Example: "2 01M85P60… 1 1764057600000" */
export async function selectLabelsRevision(db: Kysely<Tables>): Promise<string> {
  const { count, newest, undone, undoneAtMs } = await db
    .selectFrom("feedback")
    .select(({ fn }) => [
      fn.countAll().as("count"),
      fn.max("id").as("newest"),
      fn.count("undone_at_ms").as("undone"),
      fn.max("undone_at_ms").as("undoneAtMs"),
    ])
    .executeTakeFirstOrThrow();
  return [count, newest, undone, undoneAtMs].join(" ");
}
