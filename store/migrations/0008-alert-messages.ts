import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** An alert knows its last message by its key: a message may be about several incidents. */
export const alertMessages: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable("alerts").addColumn("message_key", "text").execute();
    await sql`
      update alerts set message_key = (
        select outbox.key from outbox
        where outbox.channel = alerts.channel and outbox.incident_id = alerts.incident_id
        order by outbox.sequence desc limit 1
      )`.execute(db);
    await db.schema.alterTable("outbox").dropColumn("incident_id").execute();
  },
};
