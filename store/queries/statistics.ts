import type { Kysely } from "kysely";
import { chunks } from "../chunks.ts";
import { fromJson, jsonColumns, readLearningState } from "../rows.ts";
import {
  type Page,
  SCORE_BUCKETS,
  type ScoreHistogram,
  type ServiceDelta,
  type ServiceSummary,
  type TemplateDelta,
  type TemplateSummary,
} from "../store.ts";
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

/** Adds minutes' counts to those that are stored for them; no minute of a service twice. */
export async function addToHistograms(db: Kysely<Tables>, deltas: readonly ScoreHistogram[]): Promise<void> {
  for (const [minuteMs, ofMinute] of Map.groupBy(deltas, (delta) => delta.minuteMs))
    for (const some of chunks(ofMinute)) await addToMinute(db, minuteMs, some);
}

async function addToMinute(
  db: Kysely<Tables>,
  minuteMs: number,
  deltas: readonly ScoreHistogram[],
): Promise<void> {
  const services = deltas.map(({ service }) => service);
  const rows = await db
    .selectFrom("score_histograms")
    .selectAll()
    .where("minute_ms", "=", minuteMs)
    .where("service", "in", services)
    .execute();
  const storedOf = new Map(rows.map((row) => [row.service, row]));
  await db
    .insertInto("score_histograms")
    .values(
      deltas.map((delta) => {
        const stored = storedOf.get(delta.service);
        return {
          minute_ms: minuteMs,
          service: delta.service,
          counts: pack(stored === undefined ? delta.counts : added(unpack(stored.counts), delta.counts)),
          anomalies: (stored?.anomalies ?? 0) + delta.anomalies,
          max_score: Math.max(stored?.max_score ?? 0, delta.maxScore),
        };
      }),
    )
    .onConflict((conflict) =>
      conflict.columns(["minute_ms", "service"]).doUpdateSet((update) => ({
        counts: update.ref("excluded.counts"),
        anomalies: update.ref("excluded.anomalies"),
        max_score: update.ref("excluded.max_score"),
      })),
    )
    .execute();
}

export async function selectHistograms(
  db: Kysely<Tables>,
  service: string | undefined,
  fromMs: number,
  toMs: number,
): Promise<readonly ScoreHistogram[]> {
  const rows = await db
    .selectFrom("score_histograms")
    .selectAll()
    .where("minute_ms", ">=", fromMs)
    .where("minute_ms", "<", toMs)
    .$if(service !== undefined, (query) => query.where("service", "=", service ?? ""))
    .orderBy("minute_ms")
    .execute();
  return rows.map((row) => ({
    service: row.service,
    minuteMs: row.minute_ms,
    counts: unpack(row.counts),
    anomalies: row.anomalies,
    maxScore: row.max_score,
  }));
}

/** Example: [0, 0, 3, 0] -> "[[2,3]]". */
function pack(counts: readonly number[]): string {
  return JSON.stringify(counts.flatMap((count, bucket) => (count === 0 ? [] : [[bucket, count]])));
}

function unpack(json: string): number[] {
  const counts = new Array<number>(SCORE_BUCKETS).fill(0);
  for (const [bucket, count] of fromJson(jsonColumns.histogramCounts, "score_histograms.counts", json)) {
    if (bucket >= 0 && bucket < SCORE_BUCKETS) counts[bucket] = count;
  }
  return counts;
}

function added(a: readonly number[], b: readonly number[]): number[] {
  return a.map((count, bucket) => count + (b[bucket] ?? 0));
}
