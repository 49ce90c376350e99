import type { Kysely } from "kysely";
import { chunks } from "../chunks.ts";
import { packCounts, sumOf, unpackCounts } from "../counts.ts";
import type { ScoreHistogram } from "../store.ts";
import type { Tables } from "../tables.ts";

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
          counts: packCounts(
            stored === undefined ? delta.counts : sumOf(unpackCounts(stored.counts), delta.counts),
          ),
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
    counts: unpackCounts(row.counts),
    anomalies: row.anomalies,
    maxScore: row.max_score,
  }));
}
