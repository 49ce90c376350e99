import type { Kysely } from "kysely";
import { JOURNAL_KEPT_MS, type JournalEntry, type Snapshot, type SnapshotNews } from "../memory.ts";
import type { Tables } from "../tables.ts";

export async function saveSnapshot(
  db: Kysely<Tables>,
  name: string,
  json: readonly Uint8Array[],
  atMs: number,
  journaled: number,
): Promise<void> {
  const row = { json: Buffer.concat(json).toString("utf8"), at_ms: atMs, journaled };
  await db
    .insertInto("snapshots")
    .values({ name, ...row })
    .onConflict((conflict) =>
      conflict.column("name").doUpdateSet(row).where("snapshots.journaled", "<=", journaled),
    )
    .execute();
  await db
    .deleteFrom("journal")
    .where("name", "=", name)
    .where("sequence", "<=", journaled)
    .where("at_ms", "<", atMs - JOURNAL_KEPT_MS)
    .execute();
}

export async function selectSnapshot(db: Kysely<Tables>, name: string): Promise<Snapshot | undefined> {
  return await db
    .selectFrom("snapshots")
    .select(["json", "journaled"])
    .where("name", "=", name)
    .executeTakeFirst();
}

/** @returns the sequence of the last entry; 0 for none */
export async function addToJournal(
  db: Kysely<Tables>,
  entries: readonly JournalEntry[],
  writer: string,
  atMs: number,
): Promise<number> {
  let last = 0;
  for (const { name, service, json } of entries) {
    const { sequence } = await db
      .insertInto("journal")
      .values({ name, service: service ?? null, json, writer, at_ms: atMs })
      .returning("sequence")
      .executeTakeFirstOrThrow();
    last = sequence;
  }
  return last;
}

export async function selectJournalSince(
  db: Kysely<Tables>,
  name: string,
  afterSequence: number,
  limit: number,
): Promise<readonly SnapshotNews[]> {
  return await db
    .selectFrom("journal")
    .select(["sequence", "writer", "json"])
    .where("name", "=", name)
    .where("service", "is", null)
    .where("sequence", ">", afterSequence)
    .orderBy("sequence")
    .limit(limit)
    .execute();
}
