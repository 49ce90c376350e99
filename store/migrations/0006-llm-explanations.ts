import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";
import { sequenceColumn } from "./dialect.ts";

/** What language models were asked and answered, and when they were called. */
export const llmExplanations: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable("llm_explanations")
      .addColumn("key", "text", (c) => c.primaryKey())
      .addColumn("anomaly_id", "text", (c) => c.notNull())
      .addColumn("provider", "text", (c) => c.notNull())
      .addColumn("model", "text", (c) => c.notNull())
      .addColumn("prompt", "text")
      .addColumn("created_at_ms", "bigint", (c) => c.notNull())
      .addColumn("prompt_tokens", "integer")
      .addColumn("answer_tokens", "integer")
      .addColumn("outcome", "text", (c) => c.notNull())
      .execute();
    await db.schema
      .createIndex("llm_explanations_by_time")
      .on("llm_explanations")
      .column("created_at_ms")
      .execute();
    await db.schema
      .createTable("llm_calls")
      .addColumn("sequence", ...sequenceColumn(db))
      .addColumn("at_ms", "bigint", (c) => c.notNull())
      .execute();
  },
};
