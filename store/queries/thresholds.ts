import type { Kysely } from "kysely";
import { chunks } from "../chunks.ts";
import { toThreshold } from "../rows.ts";
import type { Threshold, ThresholdSetting } from "../store.ts";
import type { Tables } from "../tables.ts";

/** What is shown for a service that nobody has computed a threshold for: the original program's start value. */
const THRESHOLD_UNTIL_COMPUTED = 0.85;

export async function selectThresholds(
  db: Kysely<Tables>,
  service: string | undefined,
): Promise<readonly Threshold[]> {
  const rows = await db
    .selectFrom("thresholds")
    .selectAll()
    .$if(service !== undefined, (query) => query.where("service", "=", service ?? ""))
    .orderBy("service")
    .execute();
  return rows.map(toThreshold);
}

/** Writes down the values that the stage computed; how they are found stays as people set it. A manual value is theirs. */
export async function saveComputedThresholds(
  db: Kysely<Tables>,
  thresholds: readonly { readonly service: string; readonly value: number }[],
  atMs: number,
): Promise<void> {
  for (const some of chunks(thresholds))
    await db
      .insertInto("thresholds")
      .values(
        some.map(({ service, value }) => ({
          service,
          mode: "auto" as const,
          alerts_per_day: null,
          value,
          updated_at_ms: atMs,
        })),
      )
      .onConflict((conflict) =>
        conflict
          .column("service")
          .doUpdateSet((update) => ({
            value: update.ref("excluded.value"),
            updated_at_ms: update.ref("excluded.updated_at_ms"),
          }))
          .where("thresholds.mode", "<>", "manual")
          .whereRef("thresholds.value", "<>", "excluded.value"),
      )
      .execute();
}

/** Sets how a service's threshold is found, and notes it in the history. */
export async function changeThreshold(
  db: Kysely<Tables>,
  { service, mode, alertsPerDay, value, author }: ThresholdSetting,
  atMs: number,
): Promise<Threshold> {
  // Written first: a SQLite transaction that begins by reading cannot wait for another writer (SQLITE_BUSY_SNAPSHOT).
  await db
    .insertInto("threshold_history")
    .values({
      service,
      mode,
      alerts_per_day: alertsPerDay ?? null,
      value: value ?? null,
      author: author ?? null,
      at_ms: atMs,
    })
    .execute();
  const [before] = await selectThresholds(db, service);
  const row = {
    mode,
    alerts_per_day: alertsPerDay ?? null,
    value: value ?? before?.value ?? THRESHOLD_UNTIL_COMPUTED,
    updated_at_ms: atMs,
  };
  await db
    .insertInto("thresholds")
    .values({ service, ...row })
    .onConflict((conflict) => conflict.column("service").doUpdateSet(row))
    .execute();
  return { service, mode, alertsPerDay, value: row.value, updatedAtMs: atMs };
}
