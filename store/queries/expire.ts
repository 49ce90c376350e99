import { type Kysely, type RawBuilder, sql } from "kysely";
import type { Retention } from "../store.ts";
import type { Tables } from "../tables.ts";
import { deleteOlderDeployments } from "./deployments.ts";
import { deleteOlderLlmExplanations } from "./llm.ts";
import { deleteOlderAlerts } from "./outbox.ts";
import { recountIncidents } from "./recount-incidents.ts";
import { trimSamples } from "./samples.ts";

/** Rows that are deleted together: whoever else writes waits for no more. */
const ROWS_AT_ONCE = 1_000;
/** Services whose memories are kept at most: each takes some kilobytes. Names of services come from senders, who may make up as many as
 * they like. */
const MEMORIES_MAX = 20_000;
/** Of sightings, and of what the journal has, of which the most is in memories and snapshots within seconds. */
const ROWS_MAX = 100_000;

/** A part of the work, done within a transaction of its own. Answers whether more of it is left. */
export type ExpiryStep = (db: Kysely<Tables>) => Promise<boolean>;

/**
 * Deletes what is older than the retention, step by step; feedback goes with its anomaly, which is kept longer for it. An incident is
 * then what is left of it; samples belong to none. Where it ends halfway, the next time does the rest.
 */
export function expirySteps({ beforeMs, labelledBeforeMs, samplesMax }: Retention): readonly ExpiryStep[] {
  return [
    someOf("anomalies", ["id"], sql`time_ms < ${labelledBeforeMs}`),
    someOf(
      "anomalies",
      ["id"],
      sql`time_ms < ${beforeMs} and id not in (select anomaly_id from feedback where undone_at_ms is null)`,
    ),
    whole((db) => trimSamples(db, samplesMax)),
    whole((db) => recountIncidents(db, beforeMs)),
    whole((db) => deleteOlderAlerts(db, beforeMs)),
    whole((db) => deleteOlderLlmExplanations(db, beforeMs)),
    whole((db) => deleteOlderDeployments(db, beforeMs)),
    someOf("score_histograms", ["minute_ms", "service"], sql`minute_ms < ${beforeMs}`),
    someOf("score_hours", ["service", "hour_ms"], sql`hour_ms < ${beforeMs}`),
    whole(async (db) => {
      await db
        .deleteFrom("training_runs")
        .where("is_open", "is", null)
        .where("finished_at_ms", "<", beforeMs)
        .execute();
    }),
    someOf("templates", ["sequence"], sql`last_seen_ms < ${beforeMs}`),
    someOf("service_memories", ["service"], sql`at_ms < ${beforeMs}`),
    allButNewest(MEMORIES_MAX, "service_memories", ["service"], "at_ms"),
    someOf("sightings", ["service", "instance"], sql`seen_ms < ${beforeMs}`),
    allButNewest(ROWS_MAX, "sightings", ["service", "instance"], "revision"),
    someOf("journal", ["sequence"], sql`at_ms < ${beforeMs}`),
    allButNewest(ROWS_MAX, "journal", ["sequence"], "sequence"),
  ];
}

/** @param key columns that name a row */
function someOf(table: keyof Tables, key: readonly string[], condition: RawBuilder<unknown>): ExpiryStep {
  return chosen(table, key, sql`where ${condition} limit ${sql.lit(ROWS_AT_ONCE)}`);
}

/** @param age a column that is higher in newer rows */
function allButNewest(rowsMax: number, table: keyof Tables, key: readonly string[], age: string): ExpiryStep {
  const order = sql.join([sql`${sql.ref(age)} desc`, ...key.map((column) => sql.ref(column))]);
  return chosen(table, key, sql`order by ${order} limit ${sql.lit(ROWS_AT_ONCE)} offset ${sql.lit(rowsMax)}`);
}

/** @param choice of so many rows at most as are deleted together */
function chosen(table: keyof Tables, key: readonly string[], choice: RawBuilder<unknown>): ExpiryStep {
  const columns = sql.join(key.map((column) => sql.ref(column)));
  return async (db) => {
    const { numAffectedRows } = await sql`
      delete from ${sql.table(table)} where (${columns}) in (
        select ${columns} from ${sql.table(table)} ${choice}
      )`.execute(db);
    return Number(numAffectedRows ?? 0) >= ROWS_AT_ONCE;
  };
}

function whole(work: (db: Kysely<Tables>) => Promise<void>): ExpiryStep {
  return async (db) => {
    await work(db);
    return false;
  };
}
