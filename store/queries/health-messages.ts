import type { Kysely } from "kysely";
import type { HealthPlan } from "../alert.ts";
import type { Tables } from "../tables.ts";
import { holdsAlertLease } from "./alert-channels.ts";
import { insertMessages } from "./outbox.ts";

/** Stores what a channel tells of the detector next, in the place of what was never tried; called within a transaction. */
export async function saveHealthMessage(
  db: Kysely<Tables>,
  { channel, holder, atMs, message }: HealthPlan,
): Promise<boolean> {
  if (!(await holdsAlertLease(db, holder))) return false;
  const tried = await db
    .selectFrom("outbox")
    .select("key")
    .where("channel", "=", channel)
    .where("state", "=", "waiting")
    .where("kind", "=", "health")
    .where("attempts", ">", 0)
    .executeTakeFirst();
  if (tried !== undefined) return false;
  const { numUpdatedRows } = await db
    .updateTable("alert_channels")
    .set({ health_key: message.key })
    .where("name", "=", channel)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return false;
  await db
    .deleteFrom("outbox")
    .where("channel", "=", channel)
    .where("state", "=", "waiting")
    .where("kind", "=", "health")
    .execute();
  await insertMessages(db, channel, [message], atMs);
  return true;
}
