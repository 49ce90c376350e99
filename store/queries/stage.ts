import type { Kysely } from "kysely";
import { fromJson, jsonColumns } from "../rows.ts";
import type { JournalEntry, StageStatus } from "../store.ts";
import type { Tables } from "../tables.ts";

const ONLY_ROW = 1;

export async function saveStatus(db: Kysely<Tables>, status: StageStatus): Promise<void> {
  const row = { status: JSON.stringify(status) };
  await db
    .insertInto("stage_status")
    .values({ id: ONLY_ROW, ...row })
    .onConflict((conflict) => conflict.column("id").doUpdateSet(row))
    .execute();
}

export async function selectStatus(db: Kysely<Tables>): Promise<StageStatus | undefined> {
  const row = await db.selectFrom("stage_status").selectAll().executeTakeFirst();
  if (row === undefined) return undefined;
  const { forwardEndpoint, ...rest } = fromJson(jsonColumns.status, "stage_status.status", row.status);
  return { ...rest, forwardEndpoint };
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
