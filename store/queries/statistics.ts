import type { Kysely } from "kysely";
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

export async function addToService(db: Kysely<Tables>, delta: ServiceDelta): Promise<void> {
  await db
    .insertInto("services")
    .values({
      name: delta.name,
      records: delta.records,
      anomalies: delta.anomalies,
      learning_state: delta.learningState,
      last_seen_ms: delta.lastSeenMs,
    })
    .onConflict((conflict) =>
      conflict.column("name").doUpdateSet((update) => ({
        records: update("services.records", "+", delta.records),
        anomalies: update("services.anomalies", "+", delta.anomalies),
        learning_state: delta.learningState,
        last_seen_ms: delta.lastSeenMs,
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

export async function addToTemplate(db: Kysely<Tables>, delta: TemplateDelta): Promise<void> {
  await db
    .insertInto("templates")
    .values({
      service: delta.service,
      id: delta.id,
      text: delta.text,
      count: delta.count,
      first_seen_ms: delta.firstSeenMs,
      last_seen_ms: delta.lastSeenMs,
    })
    .onConflict((conflict) =>
      conflict.columns(["service", "id"]).doUpdateSet((update) => ({
        text: delta.text,
        count: update("templates.count", "+", delta.count),
        last_seen_ms: delta.lastSeenMs,
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

/** Adds a minute's counts to those that are stored for it. */
export async function addToHistogram(db: Kysely<Tables>, delta: ScoreHistogram): Promise<void> {
  const stored = await db
    .selectFrom("score_histograms")
    .selectAll()
    .where("minute_ms", "=", delta.minuteMs)
    .where("service", "=", delta.service)
    .executeTakeFirst();
  const counts = stored === undefined ? delta.counts : added(unpack(stored.counts), delta.counts);
  const row = {
    counts: pack(counts),
    anomalies: (stored?.anomalies ?? 0) + delta.anomalies,
    max_score: Math.max(stored?.max_score ?? 0, delta.maxScore),
  };
  await db
    .insertInto("score_histograms")
    .values({ minute_ms: delta.minuteMs, service: delta.service, ...row })
    .onConflict((conflict) => conflict.columns(["minute_ms", "service"]).doUpdateSet(row))
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
