import type { Kysely } from "kysely";
import type { Lease, LeaseAnswer } from "../alert.ts";
import type { Tables } from "../tables.ts";

const LEASE = 1;
const NOBODY = "";

/** Takes or prolongs the lease; called within a transaction. */
export async function takeAlertLease(
  db: Kysely<Tables>,
  { holder, deadRevision }: Lease,
): Promise<LeaseAnswer> {
  const mine = await db
    .updateTable("alert_lease")
    .set((row) => ({ revision: row("revision", "+", 1) }))
    .where("id", "=", LEASE)
    .where("holder", "=", holder)
    .executeTakeFirst();
  if (mine.numUpdatedRows > 0n) return { kind: "prolonged" };
  const free = await db
    .updateTable("alert_lease")
    .set((row) => ({ holder, revision: row("revision", "+", 1) }))
    .where("id", "=", LEASE)
    .where((row) => row.or([row("holder", "=", NOBODY), row("revision", "=", deadRevision ?? null)]))
    .executeTakeFirst();
  if (free.numUpdatedRows > 0n) return { kind: "taken" };
  const { revision } = await db
    .selectFrom("alert_lease")
    .select("revision")
    .where("id", "=", LEASE)
    .executeTakeFirstOrThrow();
  return { kind: "refused", revision };
}

export async function releaseAlertLease(db: Kysely<Tables>, holder: string): Promise<void> {
  await db
    .updateTable("alert_lease")
    .set((row) => ({ holder: NOBODY, revision: row("revision", "+", 1) }))
    .where("holder", "=", holder)
    .execute();
}

/** Whether the lease is still held. Called first in a transaction, as a write: whoever else takes it now waits for the transaction's end. */
export async function holdsAlertLease(db: Kysely<Tables>, holder: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("alert_lease")
    .set({ holder })
    .where("id", "=", LEASE)
    .where("holder", "=", holder)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** These are the channels of who holds the lease; called within a transaction. */
export async function syncAlertChannels(
  db: Kysely<Tables>,
  holder: string,
  names: readonly string[],
): Promise<boolean> {
  if (!(await holdsAlertLease(db, holder))) return false;
  const kept = names.length === 0 ? [""] : [...names];
  await db.deleteFrom("alerts").where("channel", "not in", kept).execute();
  await db.deleteFrom("outbox").where("channel", "not in", kept).execute();
  await db.deleteFrom("alert_channels").where("name", "not in", kept).execute();
  for (const name of names)
    await db
      .insertInto("alert_channels")
      .columns(["name", "begun_revision", "seen_revision", "events_revision"])
      .expression((from) =>
        from
          .selectFrom("revisions")
          .select((row) => [
            row.val(name).as("name"),
            "value as begun_revision",
            "value as seen_revision",
            "value as events_revision",
          ])
          .where("name", "=", "incidents"),
      )
      .onConflict((conflict) => conflict.column("name").doNothing())
      .execute();
  return true;
}
