import { type Kysely, sql } from "kysely";
import type { ModelPartsTable, Tables } from "../tables.ts";
import { type ModelPart, PART_BYTES_MAX, type Recording } from "../training.ts";

/** Recordings that are looked at together when room is made. */
const RECORDINGS_AT_ONCE = 100;

export async function insertModelPart(db: Kysely<Tables>, row: ModelPartsTable): Promise<void> {
  await db
    .insertInto("model_parts")
    .values(row)
    .onConflict((conflict) => conflict.columns(["version", "name", "part"]).doNothing())
    .execute();
}

export async function selectModelParts(
  db: Kysely<Tables>,
  version: string,
  limit: number,
): Promise<readonly ModelPart[]> {
  const rows = await db
    .selectFrom("model_parts")
    .select(["name", "part", sql<number>`length(content)`.as("bytes")])
    .where("version", "=", version)
    .orderBy("name")
    .orderBy("part")
    .limit(limit)
    .execute();
  return rows.map(({ name, part, bytes }) => ({ name, part, bytes: Number(bytes) }));
}

export async function selectModelPart(
  db: Kysely<Tables>,
  version: string,
  name: string,
  part: number,
): Promise<Uint8Array | undefined> {
  const row = await db
    .selectFrom("model_parts")
    .select("content")
    .where("version", "=", version)
    .where("name", "=", name)
    .where("part", "=", part)
    .where(sql<number>`length(content)`, "<=", PART_BYTES_MAX)
    .executeTakeFirst();
  return row?.content;
}

/** Those of weights that there are stay. */
export async function deleteModelParts(db: Kysely<Tables>, version: string): Promise<void> {
  await db
    .deleteFrom("model_parts")
    .where("version", "=", version)
    .where("version", "not in", (query) => query.selectFrom("models").select("models.version"))
    .execute();
}

/** Those of weights that were never put in use: of who was ended in between. Called by who may put some in use now. */
export async function deleteLostParts(db: Kysely<Tables>): Promise<void> {
  await db
    .deleteFrom("model_parts")
    .where("version", "not in", (query) => query.selectFrom("models").select("models.version"))
    .execute();
}

export async function insertRecordingPart(db: Kysely<Tables>, row: Tables["recording_parts"]): Promise<void> {
  await db
    .insertInto("recording_parts")
    .values(row)
    .onConflict((conflict) => conflict.columns(["id", "part"]).doNothing())
    .execute();
}

/** Called within a transaction. */
export async function finishRecording(
  db: Kysely<Tables>,
  id: string,
  parts: number,
  bytesMax: number,
): Promise<boolean> {
  // Writes first: see saveBatch.
  await db
    .insertInto("recordings")
    .columns(["id", "bytes", "parts"])
    .expression((from) =>
      from
        .selectFrom("recording_parts")
        .select(({ fn, val }) => [
          val(id).as("id"),
          sql<number>`coalesce(sum(length(content)), 0)`.as("bytes"),
          fn.countAll<number>().as("parts"),
        ])
        .where("id", "=", id)
        .having(({ fn }) => fn.countAll<number>(), "=", parts),
    )
    .onConflict((conflict) => conflict.column("id").doNothing())
    .execute();
  const isThere = await db.selectFrom("recordings").select("id").where("id", "=", id).executeTakeFirst();
  if (isThere === undefined) return false;
  await makeRoom(db, bytesMax);
  return true;
}

/** The newest one stays, whatever it has. */
async function makeRoom(db: Kysely<Tables>, bytesMax: number): Promise<void> {
  const { bytes, newest } = await db
    .selectFrom("recordings")
    .select(({ fn }) => [fn.sum<number>("bytes").as("bytes"), fn.max("id").as("newest")])
    .executeTakeFirstOrThrow();
  for (let over = Number(bytes) - bytesMax; over > 0; ) {
    const oldest = await db
      .selectFrom("recordings")
      .select(["id", "bytes"])
      .where("id", "<", newest)
      .orderBy("id")
      .limit(RECORDINGS_AT_ONCE)
      .execute();
    let last: string | undefined;
    for (const row of oldest) {
      if (over <= 0) break;
      over -= row.bytes;
      last = row.id;
    }
    if (last === undefined) return;
    await db.deleteFrom("recordings").where("id", "<=", last).execute();
    // With what was begun before and never finished.
    await db.deleteFrom("recording_parts").where("id", "<=", last).execute();
  }
}

export async function selectRecordings(db: Kysely<Tables>): Promise<readonly Recording[]> {
  return db.selectFrom("recordings").select(["id", "bytes", "parts"]).orderBy("id").execute();
}

export async function selectRecordingPart(
  db: Kysely<Tables>,
  id: string,
  part: number,
): Promise<Uint8Array | undefined> {
  const row = await db
    .selectFrom("recording_parts")
    .select("content")
    .where("id", "=", id)
    .where("part", "=", part)
    .where(sql<number>`length(content)`, "<=", PART_BYTES_MAX)
    .executeTakeFirst();
  return row?.content;
}
