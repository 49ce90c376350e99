import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** An alert knows its last message by its key: a message may be about several incidents. */
export const alertMessages: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable("alerts").addColumn("message_key", "text").execute();
    // Alerts are looked up by messages, of which there are few: the other way round each of very many alerts reads all messages.
    await sql`
      update alerts set message_key = outbox.key from outbox
      where outbox.channel = alerts.channel and outbox.incident_id = alerts.incident_id
        and outbox.sequence in (select max(sequence) from outbox where incident_id is not null group by channel, incident_id)`.execute(
      db,
    );
    await db.schema.alterTable("outbox").dropColumn("incident_id").execute();
  },
};
