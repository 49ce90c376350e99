import { isDeepStrictEqual } from "node:util";
import { type Kysely, sql } from "kysely";
import type { StoreConfig } from "./config.ts";
import { beginWriting, openPostgresDatabase } from "./postgres.ts";
import { storable } from "./postgres-client.ts";
import { explainPostgres } from "./postgres-errors.ts";
import { selectStatuses } from "./queries/stage.ts";
import { shownAddress } from "./shown-database.ts";
import { explainSqlite, openSqliteDatabase } from "./sqlite.ts";
import { StoreError } from "./store.ts";
import type { Tables } from "./tables.ts";
import type { TrainingStore } from "./training.ts";
import { type Atomically, trainingCalls } from "./training-calls.ts";
import { explained } from "./with-explained-errors.ts";

/** Rows that are read and written together. */
const ROWS_AT_ONCE = 200;
/** A stage says with each batch that it is there; by default with one a second. */
const HEARTBEAT_MS_MIN = 15_000;

/** Every table, those first that others refer to; and whether its rows are counted by a sequence, which goes on behind the last one. */
const TABLES: Readonly<Record<keyof Tables, "counted" | "named">> = {
  revisions: "named",
  alert_lease: "named",
  anomalies: "named",
  anomaly_aliases: "named",
  incidents: "named",
  feedback: "named",
  services: "named",
  templates: "counted",
  score_histograms: "named",
  score_hours: "named",
  thresholds: "named",
  threshold_history: "counted",
  stage_status: "named",
  secrets: "named",
  snapshots: "named",
  service_memories: "named",
  sightings: "named",
  journal: "counted",
  training_runs: "named",
  models: "named",
  model_parts: "named",
  recordings: "named",
  recording_parts: "named",
  alert_channels: "named",
  alerts: "named",
  outbox: "counted",
  llm_explanations: "named",
  llm_calls: "counted",
  deployments: "counted",
  new_templates: "named",
};
/** They have rows from the beginning. */
const BEGUN: readonly (keyof Tables)[] = ["revisions", "alert_lease"];

/** What there is to move. */
export interface Move {
  readonly store: StoreConfig;
  /** How often a stage writes. */
  readonly flushIntervalMs: number;
  readonly nowMs: number;
  /** Told how many rows each table had. */
  onTable(table: string, rows: number): void;
  /** Copies the files that belong to the rows, into what is handed in; all is undone where it rejects. */
  moveFiles(to: TrainingStore): Promise<void>;
}

type Row = Readonly<Record<string, unknown>>;

/**
 * Copies everything from the SQLite file of a configuration into its PostgreSQL database, which must be empty: all of it, or nothing
 * where something fails, somebody writes into the file meanwhile, or a row does not come back as it was. The file is brought up to date
 * where an earlier version has written it, and stays as it is otherwise. Rejects with a {@link StoreError} only.
 */
export async function moveStore(move: Move): Promise<void> {
  const from = await openSqliteDatabase(move.store.path);
  try {
    const to = await openPostgresDatabase(move.store);
    try {
      await copyAll(move, from, to);
    } finally {
      await to.destroy();
    }
  } finally {
    await from.destroy();
  }
}

function copyAll(move: Move, from: Kysely<Tables>, to: Kysely<Tables>): Promise<void> {
  const { path, url } = move.store;
  const read = <T>(work: () => Promise<T>) => explained(work, (error) => explainSqlite(path, error));
  return to.connection().execute((writer) =>
    explained(
      async () => {
        await beginWriting(writer);
        try {
          const version = await read(() => selectVersion(from));
          // In one transaction it reads what was there at its beginning.
          await read(() => sql`begin`.execute(from));
          await read(() => refuseBusy(from, move));
          await refuseFull(writer, url);
          for (const table of Object.keys(TABLES).filter(isTable))
            move.onTable(table, await copyTable(table, from, writer, read));
          const within: Atomically = (work) => work(writer);
          await move.moveFiles(trainingCalls(writer, { atomically: within, visibly: within }));
          await read(() => sql`commit`.execute(from));
          if ((await read(() => selectVersion(from))) !== version) throw busy(path, HEARTBEAT_MS_MIN);
          await sql`commit`.execute(writer);
        } catch (error) {
          await sql`rollback`.execute(writer).catch(() => undefined);
          throw error;
        }
      },
      (error) => explainPostgres(url, error),
    ),
  );
}

function isTable(name: string): name is keyof Tables {
  return Object.hasOwn(TABLES, name);
}

/** A time ahead of now is of a clock that was set back since. */
async function refuseBusy(from: Kysely<Tables>, { store, flushIntervalMs, nowMs }: Move): Promise<void> {
  const statuses = await selectStatuses(from);
  const silenceMs = Math.max(HEARTBEAT_MS_MIN, 2 * flushIntervalMs);
  if (statuses.some((one) => !one.hasStopped && Math.abs(nowMs - one.updatedAtMs) <= silenceMs))
    throw busy(store.path, silenceMs);
}

function busy(path: string, silenceMs: number): StoreError {
  return new StoreError(
    "locked",
    `a stage has written into ${path} just now`,
    `stop it, and ask again ${Math.ceil(silenceMs / 1_000)} s later: what it wrote meanwhile would be missing`,
  );
}

/** Another number after another connection has written (sqlite.org/pragma.html#pragma_data_version). */
async function selectVersion(from: Kysely<Tables>): Promise<number | undefined> {
  const { rows } = await sql<{ data_version: number }>`pragma data_version`.execute(from);
  return rows[0]?.data_version;
}

async function refuseFull(to: Kysely<Tables>, url: string): Promise<void> {
  for (const table of Object.keys(TABLES).filter(isTable)) {
    if (BEGUN.includes(table)) {
      await sql`delete from ${sql.table(table)}`.execute(to);
      continue;
    }
    const { rows } = await sql`select 1 from ${sql.table(table)} limit 1`.execute(to);
    if (rows.length > 0)
      throw new StoreError(
        "other",
        `the database ${shownAddress(url)} is not empty: there are rows in ${table}`,
        "name a new one (createdb) in DATABASE_URL",
      );
  }
}

async function copyTable(
  table: keyof Tables,
  from: Kysely<Tables>,
  to: Kysely<Tables>,
  read: <T>(work: () => Promise<T>) => Promise<T>,
): Promise<number> {
  let count = 0;
  for (let after = 0; ; ) {
    const { rows } = await read(() =>
      sql<Row & { readonly row_number: number }>`
        select rowid as row_number, * from ${sql.table(table)} where rowid > ${after} order by rowid limit ${ROWS_AT_ONCE}`.execute(
        from,
      ),
    );
    const last = rows.at(-1);
    if (last === undefined) break;
    after = last.row_number;
    await writeRows(
      table,
      rows.map(({ row_number: _, ...row }) => row),
      to,
    );
    count += rows.length;
  }
  if (TABLES[table] === "counted") await goOnCounting(table, from, to, read);
  return count;
}

/** Behind the last row that there ever was, though it was deleted since. */
async function goOnCounting(
  table: keyof Tables,
  from: Kysely<Tables>,
  to: Kysely<Tables>,
  read: <T>(work: () => Promise<T>) => Promise<T>,
): Promise<void> {
  const { rows } = await read(() =>
    sql<{ readonly seq: number }>`select seq from sqlite_sequence where name = ${table} and seq > 0`.execute(
      from,
    ),
  );
  for (const { seq } of rows)
    await sql`select setval(pg_get_serial_sequence(${table}, 'sequence'), ${seq})`.execute(to);
}

async function writeRows(table: keyof Tables, rows: readonly Row[], to: Kysely<Tables>): Promise<void> {
  const columns = Object.keys(rows[0] ?? {});
  const values = rows.map((row) => sql`(${sql.join(columns.map((column) => row[column]))})`);
  const { rows: written } = await sql<Row>`
    insert into ${sql.table(table)} (${sql.join(columns.map((column) => sql.ref(column)))})
    values ${sql.join(values)} returning *`.execute(to);
  const changed = rows.findIndex((row, index) => !isDeepStrictEqual(kept(row), { ...written[index] }));
  if (changed === -1 && written.length === rows.length) return;
  throw new StoreError(
    "other",
    `a row of ${table} did not come back from PostgreSQL as it was`,
    "nothing was copied; please report it",
  );
}

/** As PostgreSQL keeps it. */
function kept(row: Row): Row {
  return Object.fromEntries(Object.entries(row).map(([column, value]) => [column, storable(value)]));
}
