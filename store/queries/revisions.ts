import type { Kysely } from "kysely";
import type { Tables } from "../tables.ts";

/** A number for a batch that changes incidents. Its row is locked until the batch is committed: what has a lower one is there by then. */
export function nextRevision(db: Kysely<Tables>): Promise<number> {
  return next(db, "incidents");
}

/** The last such number that was committed. */
export async function selectRevision(db: Kysely<Tables>): Promise<number> {
  const { value } = await db
    .selectFrom("revisions")
    .select("value")
    .where("name", "=", "incidents")
    .executeTakeFirstOrThrow();
  return value;
}

/** Counts that somebody has set or asked for something; called within the transaction that does it. */
export async function countChange(db: Kysely<Tables>): Promise<void> {
  await next(db, "settings");
}

/** A number for services that a stage has seen; what has a lower one is there when it is. */
export function nextSighting(db: Kysely<Tables>): Promise<number> {
  return next(db, "sightings");
}

/** Grows with every batch that changes incidents, and with every change that is counted. */
export async function selectChanges(db: Kysely<Tables>): Promise<number> {
  const { changes } = await db
    .selectFrom("revisions")
    .where("name", "<>", "sightings")
    .select(({ fn }) => fn.sum<number>("value").as("changes"))
    .executeTakeFirstOrThrow();
  return Number(changes);
}

async function next(db: Kysely<Tables>, name: string): Promise<number> {
  const { value } = await db
    .updateTable("revisions")
    .set((row) => ({ value: row("value", "+", 1) }))
    .where("name", "=", name)
    .returning("value")
    .executeTakeFirstOrThrow();
  return value;
}
