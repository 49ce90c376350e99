import { type Kysely, sql } from "kysely";
import type { Silence } from "../alert.ts";
import { chunks } from "../chunks.ts";
import type { Tables } from "../tables.ts";

/** What one host's clock is ahead of another one's is no end of a silence. */
const SKEW_MS = 60_000;

/** Of those among some anomalies that are silences: whether they last. Both times are the records' own. */
export async function selectSilences(
  db: Kysely<Tables>,
  anomalyIds: readonly string[],
): Promise<ReadonlyMap<string, Silence>> {
  const found = new Map<string, Silence>();
  for (const some of chunks(anomalyIds)) {
    const rows = await db
      .selectFrom("anomalies")
      .select(({ exists, selectFrom, case: when }) => [
        "anomalies.id",
        when()
          .when("anomalies.kind", "=", "silence")
          .then(
            exists(
              selectFrom("services")
                .select("services.name")
                .whereRef("services.name", "=", "anomalies.service")
                .where(sql<boolean>`services.last_seen_ms > anomalies.time_ms + ${SKEW_MS}`),
            ),
          )
          .else(
            exists(
              selectFrom("templates")
                .select("templates.id")
                .whereRef("templates.service", "=", "anomalies.service")
                .whereRef("templates.id", "=", "anomalies.template_id")
                .where(sql<boolean>`templates.last_seen_ms > anomalies.time_ms + ${SKEW_MS}`),
            ),
          )
          .end()
          .as("has_ended"),
      ])
      .where("anomalies.id", "in", some)
      .where((row) =>
        row.or([row("anomalies.kind", "=", "silence"), row("anomalies.kind", "like", "silence %")]),
      )
      .execute();
    for (const { id, has_ended } of rows) found.set(id, has_ended ? "ended" : "lasts");
  }
  return found;
}
