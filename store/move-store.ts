import { isDeepStrictEqual } from "node:util";
import { type Kysely, sql } from "kysely";
import type { StoreConfig } from "./config.ts";
import { beginWriting, openPostgresDatabase } from "./postgres.ts";
import { explainPostgres } from "./postgres-errors.ts";
import { selectStatus } from "./queries/stage.ts";
import { shownAddress } from "./shown-database.ts";
import { explainSqlite, openSqliteDatabase } from "./sqlite.ts";
import { StoreError } from "./store.ts";
import type { Tables } from "./tables.ts";
import { explained } from "./with-explained-errors.ts";

/** Rows that are read and written together. */
const ROWS_AT_ONCE = 200;
/** A stage says every few seconds that it is there. */
const HEARTBEAT_MS_MAX = 15_000;

/** Every table, those first that others refer to; and whether its rows are counted by a sequence, which goes on behind the last one. */
const TABLES: Readonly<Record<keyof Tables, "counted" | "named">> = {
  revisions: "named",
  alert_lease: "named",
  anomalies: "named",
  incidents: "named",
  feedback: "named",
  services: "named",
  templates: "counted",
  score_histograms: "named",
  score_hours: "named",
  thresholds: "named",
  threshold_history: "counted",
  stage_status: "named",
  snapshots: "named",
  journal: "counted",
  training_runs: "named",
  models: "named",
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

type Row = Readonly<Record<string, unknown>>;

/**
 * Copies everything from the SQLite file of a configuration into its PostgreSQL database, which must be empty: all of it, or nothing
 * where something fails or a row does not come back as it was. The file stays as it is. Rejects with a {@link StoreError} only.
 *
 * @param onTable told how many rows each table had
 */
export async function moveStore(
  config: StoreConfig,
  nowMs: number,
  onTable: (table: string, rows: number) => void,
): Promise<void> {
  const from = await openSqliteDatabase(config.path);
  try {
    const to = await openPostgresDatabase(config);
    try {
      await copyAll(config, from, to, nowMs, onTable);
    } finally {
      await to.destroy();
    }
  } finally {
    await from.destroy();
  }
}

function copyAll(
  { path, url }: StoreConfig,
  from: Kysely<Tables>,
  to: Kysely<Tables>,
  nowMs: number,
  onTable: (table: string, rows: number) => void,
): Promise<void> {
  const read = <T>(work: () => Promise<T>) => explained(work, (error) => explainSqlite(path, error));
  return to.connection().execute((writer) =>
    explained(
      async () => {
        await beginWriting(writer);
        try {
          // In one transaction it reads what was there at its beginning.
          await read(() => sql`begin`.execute(from));
          await read(() => refuseBusy(from, path, nowMs));
          await refuseFull(writer, url);
          for (const table of Object.keys(TABLES).filter(isTable))
            onTable(table, await copyTable(table, from, writer, read));
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

async function refuseBusy(from: Kysely<Tables>, path: string, nowMs: number): Promise<void> {
  const status = await selectStatus(from);
  if (status === undefined || nowMs - status.updatedAtMs > HEARTBEAT_MS_MAX) return;
  throw new StoreError(
    "locked",
    `a stage has written into ${path} just now`,
    `stop it, and ask again ${HEARTBEAT_MS_MAX / 1_000} s later: what it wrote meanwhile would be missing`,
  );
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
  if (TABLES[table] === "counted" && count > 0)
    await sql`
      select setval(pg_get_serial_sequence(${table}, 'sequence'), (select max(sequence) from ${sql.table(table)}))`.execute(
      to,
    );
  return count;
}

async function writeRows(table: keyof Tables, rows: readonly Row[], to: Kysely<Tables>): Promise<void> {
  const columns = Object.keys(rows[0] ?? {});
  const values = rows.map((row) => sql`(${sql.join(columns.map((column) => row[column]))})`);
  const { rows: written } = await sql<Row>`
    insert into ${sql.table(table)} (${sql.join(columns.map((column) => sql.ref(column)))})
    values ${sql.join(values)} returning *`.execute(to);
  const changed = rows.findIndex((row, index) => !isDeepStrictEqual(withoutNul(row), { ...written[index] }));
  if (changed === -1 && written.length === rows.length) return;
  throw new StoreError(
    "other",
    `a row of ${table} did not come back from PostgreSQL as it was`,
    "nothing was copied; please report it",
  );
}

/** As PostgreSQL keeps it. */
function withoutNul(row: Row): Row {
  return Object.fromEntries(
    Object.entries(row).map(([column, value]) => [
      column,
      typeof value === "string" ? value.replaceAll("\0", "\ufffd") : value,
    ]),
  );
}
