import type { Kysely } from "kysely";
import { chunks } from "../chunks.ts";
import { addCounts, packCounts, sumOf, unpackCounts } from "../counts.ts";
import { SCORE_BUCKETS, type ScoreHistogram, type ScoreTotals } from "../store.ts";
import type { Tables } from "../tables.ts";

const HOUR_MS = 3_600_000;

type Hour = Omit<ScoreHistogram, "minuteMs"> & { readonly firstMs: number; readonly lastMs: number };

/** Adds minutes' counts to their hours; no minute of a service twice. */
export async function addToHours(db: Kysely<Tables>, deltas: readonly ScoreHistogram[]): Promise<void> {
  const byHour = Map.groupBy(deltas, ({ minuteMs }) => Math.floor(minuteMs / HOUR_MS) * HOUR_MS);
  for (const [hourMs, ofHour] of byHour) {
    const hours = [...Map.groupBy(ofHour, ({ service }) => service).values()].map(toHour);
    for (const some of chunks(hours)) await addToHour(db, hourMs, some);
  }
}

function toHour(minutes: readonly ScoreHistogram[]): Hour {
  return minutes.map(asHour).reduce(merged);
}

function asHour({ minuteMs, ...rest }: ScoreHistogram): Hour {
  return { ...rest, firstMs: minuteMs, lastMs: minuteMs };
}

function merged(a: Hour, b: Hour): Hour {
  return {
    service: a.service,
    counts: sumOf(a.counts, b.counts),
    anomalies: a.anomalies + b.anomalies,
    maxScore: Math.max(a.maxScore, b.maxScore),
    firstMs: Math.min(a.firstMs, b.firstMs),
    lastMs: Math.max(a.lastMs, b.lastMs),
  };
}

async function addToHour(db: Kysely<Tables>, hourMs: number, deltas: readonly Hour[]): Promise<void> {
  const rows = await db
    .selectFrom("score_hours")
    .selectAll()
    .where("hour_ms", "=", hourMs)
    .where(
      "service",
      "in",
      deltas.map(({ service }) => service),
    )
    .execute();
  const storedOf = new Map(rows.map((row) => [row.service, toStored(row)]));
  await db
    .insertInto("score_hours")
    .values(
      deltas.map((delta) => {
        const stored = storedOf.get(delta.service);
        const sum = stored === undefined ? delta : merged(stored, delta);
        return {
          service: sum.service,
          hour_ms: hourMs,
          counts: packCounts(sum.counts),
          anomalies: sum.anomalies,
          max_score: sum.maxScore,
          first_minute_ms: sum.firstMs,
          last_minute_ms: sum.lastMs,
        };
      }),
    )
    .onConflict((conflict) =>
      conflict.columns(["service", "hour_ms"]).doUpdateSet((update) => ({
        counts: update.ref("excluded.counts"),
        anomalies: update.ref("excluded.anomalies"),
        max_score: update.ref("excluded.max_score"),
        first_minute_ms: update.ref("excluded.first_minute_ms"),
        last_minute_ms: update.ref("excluded.last_minute_ms"),
      })),
    )
    .execute();
}

function toStored(row: Tables["score_hours"]): Hour {
  return {
    service: row.service,
    counts: unpackCounts(row.counts),
    anomalies: row.anomalies,
    maxScore: row.max_score,
    firstMs: row.first_minute_ms,
    lastMs: row.last_minute_ms,
  };
}

/** Whole hours as histograms that begin with the hour; of some services, or of all where they are undefined. */
export async function selectHours(
  db: Kysely<Tables>,
  services: readonly string[] | undefined,
  fromMs: number,
  toMs: number,
): Promise<readonly ScoreHistogram[]> {
  const rows = await db
    .selectFrom("score_hours")
    .selectAll()
    .where("hour_ms", ">=", fromMs)
    .where("hour_ms", "<", toMs)
    .$if(services !== undefined, (query) => query.where("service", "in", services ?? []))
    .orderBy("hour_ms")
    .execute();
  return rows.map((row) => {
    const { firstMs: _, lastMs: __, ...hour } = toStored(row);
    return { ...hour, minuteMs: row.hour_ms };
  });
}

/** All scores of a service in a time: whole hours at once, the rest of it by the minute. */
export async function selectScoreTotals(
  db: Kysely<Tables>,
  service: string,
  fromMs: number,
  toMs: number,
): Promise<ScoreTotals> {
  const firstHourMs = Math.ceil(fromMs / HOUR_MS) * HOUR_MS;
  const endHourMs = Math.max(firstHourMs, Math.floor(toMs / HOUR_MS) * HOUR_MS);
  const hours = await db
    .selectFrom("score_hours")
    .select(["counts", "first_minute_ms as first_ms", "last_minute_ms as last_ms"])
    .where("service", "=", service)
    .where("hour_ms", ">=", firstHourMs)
    .where("hour_ms", "<", endHourMs)
    .execute();
  const before = await selectMinutes(db, service, fromMs, Math.min(toMs, firstHourMs));
  const behind = await selectMinutes(db, service, Math.max(fromMs, endHourMs), toMs);
  const counts = new Array<number>(SCORE_BUCKETS).fill(0);
  let firstMs: number | undefined;
  let lastMs: number | undefined;
  for (const row of [...before, ...hours, ...behind]) {
    addCounts(counts, row.counts);
    firstMs = Math.min(firstMs ?? row.first_ms, row.first_ms);
    lastMs = Math.max(lastMs ?? row.last_ms, row.last_ms);
  }
  return { counts, firstMinuteMs: firstMs, lastMinuteMs: lastMs };
}

function selectMinutes(db: Kysely<Tables>, service: string, fromMs: number, toMs: number) {
  return db
    .selectFrom("score_histograms")
    .select(["counts", "minute_ms as first_ms", "minute_ms as last_ms"])
    .where("service", "=", service)
    .where("minute_ms", ">=", fromMs)
    .where("minute_ms", "<", toMs)
    .execute();
}
