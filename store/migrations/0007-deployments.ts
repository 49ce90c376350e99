import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";
import { sequenceColumn } from "./dialect.ts";

/** Releases of services, and the messages that each of them has brought. */
export const deploymentTables: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable("deployments")
      .addColumn("sequence", ...sequenceColumn(db))
      .addColumn("service", "text", (c) => c.notNull())
      .addColumn("release", "text", (c) => c.notNull())
      .addColumn("version", "text")
      .addColumn("deployment", "text")
      .addColumn("previous_version", "text")
      .addColumn("previous_deployment", "text")
      .addColumn("started_at_ms", "bigint", (c) => c.notNull())
      .addColumn("until_ms", "bigint", (c) => c.notNull())
      .addColumn("records", "bigint", (c) => c.notNull())
      .addUniqueConstraint("deployments_key", ["service", "release"])
      .execute();
    await db.schema
      .createTable("new_templates")
      .addColumn("service", "text", (c) => c.notNull())
      .addColumn("release", "text", (c) => c.notNull())
      .addColumn("template_id", "text", (c) => c.notNull())
      .addColumn("text", "text", (c) => c.notNull())
      .addColumn("severity_number", "integer", (c) => c.notNull())
      .addColumn("count", "bigint", (c) => c.notNull())
      .addColumn("first_seen_ms", "bigint", (c) => c.notNull())
      .addColumn("body", "text", (c) => c.notNull())
      .addColumn("example_id", "text")
      .addPrimaryKeyConstraint("new_templates_key", ["service", "release", "template_id"])
      .execute();
  },
};
