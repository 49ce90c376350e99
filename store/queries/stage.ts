import type { Kysely } from "kysely";
import { fromJson, jsonColumns } from "../rows.ts";
import type { StageStatus } from "../store.ts";
import type { Tables } from "../tables.ts";

/** A stage that has not been heard of for so long is gone for good. */
const GONE_AFTER_MS = 86_400_000;

/**
 * Writes a stage's heartbeat in the place of its last one; called within a transaction.
 *
 * @returns whether the last one is that of another stage of this name, which has started later
 */
export async function saveStatus(db: Kysely<Tables>, { instance, ...status }: StageStatus): Promise<boolean> {
  const { startedAtMs, updatedAtMs } = status;
  // A write that changes nothing: a transaction of SQLite that begins by reading cannot wait for another writer.
  const later = await db
    .updateTable("stage_status")
    .set({ instance })
    .where("instance", "=", instance)
    .where("started_at_ms", ">", startedAtMs)
    .executeTakeFirst();
  const row = {
    status: JSON.stringify(status),
    started_at_ms: startedAtMs,
    updated_at_ms: updatedAtMs,
  };
  await db
    .insertInto("stage_status")
    .values({ instance, ...row })
    .onConflict((conflict) => conflict.column("instance").doUpdateSet(row))
    .execute();
  await db
    .deleteFrom("stage_status")
    .where("updated_at_ms", "<", updatedAtMs - GONE_AFTER_MS)
    .execute();
  return later.numUpdatedRows > 0n;
}

/** Of all stages that were heard of within a day, by name. */
export async function selectStatuses(db: Kysely<Tables>): Promise<readonly StageStatus[]> {
  const rows = await db.selectFrom("stage_status").selectAll().orderBy("instance").execute();
  return rows.map(({ instance, status }) => {
    const { forwardEndpoint, ...rest } = fromJson(jsonColumns.status, "stage_status.status", status);
    return { instance, ...rest, forwardEndpoint };
  });
}
