import { type ExpressionBuilder, type Kysely, sql } from "kysely";
import type { Silence } from "../alert.ts";
import { chunks } from "../chunks.ts";
import { WHOLE_SILENCE_KINDS } from "../kind.ts";
import type { AnomaliesTable, Tables } from "../tables.ts";

/** What one host's clock is ahead of another one's is no end of a silence. */
const SKEW_MS = 60_000;

/**
 * Of those among some anomalies that are silences: whether they last, or another one of the same incident does, as where a service
 * came again for a moment. All times are the records' own.
 */
export async function selectSilences(
  db: Kysely<Tables>,
  anomalyIds: readonly string[],
): Promise<ReadonlyMap<string, Silence>> {
  const found = new Map<string, Silence>();
  for (const some of chunks(anomalyIds)) {
    const rows = await db
      .selectFrom("anomalies as asked")
      .innerJoin("anomalies as one", "one.incident_id", "asked.incident_id")
      .select((row) => ["asked.id", row.fn.min<number>(hasEnded(row)).as("have_ended")])
      .where("asked.id", "in", some)
      .where((row) => row.and([isSilence(row, "asked.kind"), isSilence(row, "one.kind")]))
      .groupBy("asked.id")
      .execute();
    for (const { id, have_ended } of rows) found.set(id, have_ended === 1 ? "ended" : "lasts");
  }
  return found;
}

type Pair = ExpressionBuilder<Tables & { asked: AnomaliesTable; one: AnomaliesTable }, "asked" | "one">;

function isSilence(row: Pair, kind: "asked.kind" | "one.kind") {
  return row.or([row(kind, "=", "silence"), row(kind, "like", "silence %")]);
}

/** 1 where what fell silent, a service or one of its templates, has come again; 0 where it has not. */
function hasEnded({ and, or, not, exists, selectFrom, eb, case: when }: Pair) {
  const isService = eb("one.kind", "in", WHOLE_SILENCE_KINDS);
  const service = selectFrom("services")
    .select("services.name")
    .whereRef("services.name", "=", "one.service")
    .where(sql<boolean>`services.last_seen_ms > one.time_ms + ${SKEW_MS}`);
  const template = selectFrom("templates")
    .select("templates.id")
    .whereRef("templates.service", "=", "one.service")
    .whereRef("templates.id", "=", "one.template_id")
    .where(sql<boolean>`templates.last_seen_ms > one.time_ms + ${SKEW_MS}`);
  return when()
    .when(or([and([isService, exists(service)]), and([not(isService), exists(template)])]))
    .then(sql.lit(1))
    .else(sql.lit(0))
    .end();
}
