import type { Kysely } from "kysely";
import { chunks } from "../chunks.ts";
import { readLearningState } from "../rows.ts";
import type { Page, ServiceDelta, ServiceSummary, TemplateDelta, TemplateSummary } from "../store.ts";
import type { Tables } from "../tables.ts";

/** Adds to the services' counts; no service twice. */
export async function addToServices(db: Kysely<Tables>, deltas: readonly ServiceDelta[]): Promise<void> {
  for (const some of chunks(deltas))
    await db
      .insertInto("services")
      .values(
        some.map((delta) => ({
          name: delta.name,
          records: delta.records,
          anomalies: delta.anomalies,
          learning_state: delta.learningState,
          last_seen_ms: delta.lastSeenMs,
        })),
      )
      .onConflict((conflict) =>
        conflict.column("name").doUpdateSet((update) => ({
          records: update("services.records", "+", update.ref("excluded.records")),
          anomalies: update("services.anomalies", "+", update.ref("excluded.anomalies")),
          learning_state: update.ref("excluded.learning_state"),
          last_seen_ms: update.ref("excluded.last_seen_ms"),
        })),
      )
      .execute();
}

export async function selectServices(db: Kysely<Tables>): Promise<readonly ServiceSummary[]> {
  const rows = await db.selectFrom("services").selectAll().orderBy("name").execute();
  return rows.map((row) => ({
    name: row.name,
    records: row.records,
    anomalies: row.anomalies,
    learningState: readLearningState(row.learning_state),
    lastSeenMs: row.last_seen_ms,
  }));
}

/** Adds to the templates' counts; no template of a service twice. */
export async function addToTemplates(db: Kysely<Tables>, deltas: readonly TemplateDelta[]): Promise<void> {
  for (const some of chunks(deltas))
    await db
      .insertInto("templates")
      .values(
        some.map((delta) => ({
          service: delta.service,
          id: delta.id,
          text: delta.text,
          count: delta.count,
          first_seen_ms: delta.firstSeenMs,
          last_seen_ms: delta.lastSeenMs,
        })),
      )
      .onConflict((conflict) =>
        conflict.columns(["service", "id"]).doUpdateSet((update) => ({
          text: update.ref("excluded.text"),
          count: update("templates.count", "+", update.ref("excluded.count")),
          last_seen_ms: update.ref("excluded.last_seen_ms"),
        })),
      )
      .execute();
}

export async function selectTemplates(
  db: Kysely<Tables>,
  service: string | undefined,
  { first, after }: Page<number>,
): Promise<readonly TemplateSummary[]> {
  const rows = await db
    .selectFrom("templates")
    .selectAll()
    .$if(service !== undefined, (query) => query.where("service", "=", service ?? ""))
    .$if(after !== undefined, (query) => query.where("sequence", "<", after ?? 0))
    .orderBy("sequence", "desc")
    .limit(first)
    .execute();
  return rows.map((row) => ({
    sequence: row.sequence,
    id: row.id,
    service: row.service,
    text: row.text,
    count: row.count,
    firstSeenMs: row.first_seen_ms,
    lastSeenMs: row.last_seen_ms,
  }));
}
