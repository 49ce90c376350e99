import type { Kysely } from "kysely";
import { fromJson, jsonColumns } from "../rows.ts";
import type { JournalEntry, StageStatus } from "../store.ts";
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

export async function saveSnapshot(
  db: Kysely<Tables>,
  name: string,
  json: readonly Uint8Array[],
  atMs: number,
  journaled: number,
): Promise<void> {
  const row = { json: Buffer.concat(json).toString("utf8"), at_ms: atMs };
  await db
    .insertInto("snapshots")
    .values({ name, ...row })
    .onConflict((conflict) => conflict.column("name").doUpdateSet(row))
    .execute();
  await db.deleteFrom("journal").where("name", "=", name).where("sequence", "<=", journaled).execute();
}

/** @returns the sequence of the last entry; 0 for none */
export async function addToJournal(db: Kysely<Tables>, entries: readonly JournalEntry[]): Promise<number> {
  let last = 0;
  for (const { name, json } of entries) {
    const { sequence } = await db
      .insertInto("journal")
      .values({ name, json })
      .returning("sequence")
      .executeTakeFirstOrThrow();
    last = sequence;
  }
  return last;
}

export async function selectJournal(db: Kysely<Tables>, name: string): Promise<readonly string[]> {
  const rows = await db
    .selectFrom("journal")
    .select("json")
    .where("name", "=", name)
    .orderBy("sequence")
    .execute();
  return rows.map(({ json }) => json);
}

export async function selectSnapshot(db: Kysely<Tables>, name: string): Promise<string | undefined> {
  const row = await db.selectFrom("snapshots").select("json").where("name", "=", name).executeTakeFirst();
  return row?.json;
}
