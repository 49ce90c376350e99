import { type Kysely, sql } from "kysely";
import { type NormalWindow, type Sample, USUAL_SLOT } from "../anomaly.ts";
import { chunks } from "../chunks.ts";
import { anomalyRow, fromJson, jsonColumns } from "../rows.ts";
import type { Tables } from "../tables.ts";

const NO_ALERT = 0;

/**
 * Puts samples into their slots, in the place of what was there: a usual one always, a near miss where it is odder. What people have
 * ever labelled keeps its slot, so that what they said is kept with it.
 */
export async function replaceSamples(db: Kysely<Tables>, samples: readonly Sample[]): Promise<void> {
  for (const some of chunks(samples)) {
    for (const { slot, record } of some)
      await db
        .deleteFrom("anomalies")
        .where("sample_slot", "=", slot)
        .$if(!slot.startsWith(USUAL_SLOT), (query) => query.where("score", "<", record.score))
        .where(sql<boolean>`id not in (select anomaly_id from feedback)`)
        .execute();
    await db
      .insertInto("anomalies")
      .values(some.map(({ slot, record }) => anomalyRow(record, slot)))
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}

/** Windows that ended in a usual record, without those that people called anomalous, newest first. */
export async function selectNormalWindows(
  db: Kysely<Tables>,
  service: string,
  limit: number,
): Promise<readonly NormalWindow[]> {
  const rows = await db
    .selectFrom("anomalies")
    .select(["id", "time_ms", "window_events"])
    .where("service", "=", service)
    .where("is_alert", "=", NO_ALERT)
    .where("sample_slot", "like", `${USUAL_SLOT}%`)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom("feedback")
            .select("feedback.id")
            .whereRef("feedback.anomaly_id", "=", "anomalies.id")
            .where("feedback.undone_at_ms", "is", null)
            .where("feedback.is_true_anomaly", "=", 1),
        ),
      ),
    )
    .orderBy("id", "desc")
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    timeMs: row.time_ms,
    window: fromJson(jsonColumns.windowEvents, "anomalies.window_events", row.window_events),
  }));
}

/** Deletes the oldest samples over a number; what people have ever labelled stays. */
export async function trimSamples(db: Kysely<Tables>, samplesMax: number): Promise<void> {
  const oldest = await db
    .selectFrom("anomalies")
    .select("id")
    .where("is_alert", "=", NO_ALERT)
    .orderBy("id", "desc")
    .offset(samplesMax)
    .limit(1)
    .executeTakeFirst();
  if (oldest === undefined) return;
  await db
    .deleteFrom("anomalies")
    .where("is_alert", "=", NO_ALERT)
    .where("id", "<=", oldest.id)
    .where(sql<boolean>`id not in (select anomaly_id from feedback)`)
    .execute();
}
