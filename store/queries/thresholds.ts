import { type Kysely, sql } from "kysely";
import { chunks } from "../chunks.ts";
import { toThreshold, toThresholdChange } from "../rows.ts";
import { STARTING_THRESHOLD } from "../starting-threshold.ts";
import type { Page } from "../store.ts";
import type { Tables } from "../tables.ts";
import type { Threshold, ThresholdChange, ThresholdSetting } from "../threshold.ts";

export async function selectThresholds(
  db: Kysely<Tables>,
  service: string | undefined,
): Promise<readonly Threshold[]> {
  const rows = await db
    .selectFrom("thresholds")
    .selectAll()
    .select((select) =>
      select
        .selectFrom("threshold_history")
        .whereRef("threshold_history.service", "=", "thresholds.service")
        .select((inner) => inner.fn.max("threshold_history.sequence").as("last"))
        .as("change_id"),
    )
    .$if(service !== undefined, (query) => query.where("service", "=", service ?? ""))
    .orderBy("service")
    .execute();
  return rows.map((row) => toThreshold(row, row.change_id));
}

/** Writes down the values that the stage computed; how they are found stays as people set it. A manual value is theirs. */
export async function saveComputedThresholds(
  db: Kysely<Tables>,
  thresholds: readonly { readonly service: string; readonly value: number }[],
  atMs: number,
): Promise<void> {
  for (const some of chunks(thresholds))
    await db
      .insertInto("thresholds")
      .values(
        some.map(({ service, value }) => ({
          service,
          mode: "auto" as const,
          alerts_per_day: null,
          value,
          updated_at_ms: atMs,
        })),
      )
      .onConflict((conflict) =>
        conflict
          .column("service")
          .doUpdateSet((update) => ({
            value: update.ref("excluded.value"),
            updated_at_ms: update.ref("excluded.updated_at_ms"),
          }))
          .where("thresholds.mode", "<>", "manual")
          .whereRef("thresholds.value", "<>", "excluded.value"),
      )
      .execute();
}

/**
 * Sets how a service's threshold is found, and notes it in the history. Undefined, with nothing changed, when the setting is based on
 * a change that is not the last one.
 */
export async function changeThreshold(
  db: Kysely<Tables>,
  setting: ThresholdSetting,
  atMs: number,
): Promise<Threshold | undefined> {
  const { service, mode, alertsPerDay, value } = setting;
  // Written first: a SQLite transaction that begins by reading cannot wait for another writer (SQLITE_BUSY_SNAPSHOT).
  if (!(await noteChange(db, setting, atMs))) return undefined;
  const [before] = await selectThresholds(db, service);
  const row = {
    mode,
    alerts_per_day: alertsPerDay ?? null,
    value: value ?? before?.value ?? STARTING_THRESHOLD,
    updated_at_ms: atMs,
  };
  await db
    .insertInto("thresholds")
    .values({ service, ...row })
    .onConflict((conflict) => conflict.column("service").doUpdateSet(row))
    .execute();
  return (await selectThresholds(db, service))[0];
}

/** In one statement, so that of two people who saw the same threshold only the first changes it. */
async function noteChange(
  db: Kysely<Tables>,
  { service, mode, alertsPerDay, value, author, basedOn, revertOf }: ThresholdSetting,
  atMs: number,
): Promise<boolean> {
  const last = sql<number>`(select coalesce(max(sequence), 0) from threshold_history where service = ${service})`;
  const { numInsertedOrUpdatedRows } = await db
    .insertInto("threshold_history")
    .columns(["service", "mode", "alerts_per_day", "value", "author", "at_ms", "revert_of"])
    .expression(
      db
        .selectNoFrom([
          sql.val(service).as("service"),
          sql.val(mode).as("mode"),
          sql.val(alertsPerDay ?? null).as("alerts_per_day"),
          sql.val(value ?? null).as("value"),
          sql.val(author ?? null).as("author"),
          sql.val(atMs).as("at_ms"),
          sql.val(revertOf === undefined ? null : Number(revertOf)).as("revert_of"),
        ])
        .$if(basedOn !== undefined, (query) => query.where(last, "=", Number(basedOn ?? 0))),
    )
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows !== 0n;
}

/** What people changed, newest first. */
export async function selectThresholdChanges(
  db: Kysely<Tables>,
  service: string,
  { first, after }: Page<string>,
): Promise<readonly ThresholdChange[]> {
  const rows = await db
    .selectFrom("threshold_history")
    .selectAll()
    .where("service", "=", service)
    .$if(after !== undefined, (query) => query.where("sequence", "<", Number(after)))
    .orderBy("sequence", "desc")
    .limit(first)
    .execute();
  return rows.map(toThresholdChange);
}

export async function selectThresholdChange(
  db: Kysely<Tables>,
  id: string,
): Promise<ThresholdChange | undefined> {
  const row = await db
    .selectFrom("threshold_history")
    .selectAll()
    .where("sequence", "=", Number(id))
    .executeTakeFirst();
  return row === undefined ? undefined : toThresholdChange(row);
}
