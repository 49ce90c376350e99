import {
  type ColumnDefinitionBuilder,
  type Kysely,
  PostgresAdapter,
  type QueryExecutorProvider,
  sql,
} from "kysely";

/** Whether the database is PostgreSQL; else it is SQLite. */
export function isPostgres(db: QueryExecutorProvider): boolean {
  return db.getExecutor().adapter instanceof PostgresAdapter;
}

/** The schema in which tables are made and sought; undefined where there are none, as on SQLite. */
export async function currentSchema(db: QueryExecutorProvider): Promise<string | undefined> {
  if (!isPostgres(db)) return undefined;
  const { rows } = await sql<{ name: string | null }>`select current_schema() as name`.execute(db);
  return rows[0]?.name ?? undefined;
}

/** Type and definition of a primary key that counts rows in the order in which they come. */
export function sequenceColumn(
  db: Kysely<unknown>,
): readonly [
  type: "bigserial" | "integer",
  build: (column: ColumnDefinitionBuilder) => ColumnDefinitionBuilder,
] {
  return isPostgres(db)
    ? ["bigserial", (column) => column.primaryKey()]
    : ["integer", (column) => column.primaryKey().autoIncrement()];
}

/** Type of a column of bytes. */
export function bytesType(db: QueryExecutorProvider): "bytea" | "blob" {
  return isPostgres(db) ? "bytea" : "blob";
}

/**
 * Has texts compared by their characters' numbers, as SQLite and this program do, whatever the language of the database: ids follow
 * each other by it. Nothing is to be done where the database is SQLite.
 */
export async function compareTextsByCode(db: Kysely<unknown>): Promise<void> {
  if (!isPostgres(db)) return;
  const { rows } = await sql<{ table_name: string; column_name: string }>`
    select table_name, column_name from information_schema.columns
    where table_schema = current_schema() and data_type = 'text' and collation_name is distinct from 'C'
      and table_name not like 'kysely_%'`.execute(db);
  for (const [table, columns] of Map.groupBy(rows, (row) => row.table_name)) {
    const changes = columns.map((row) => sql`alter column ${sql.id(row.column_name)} type text collate "C"`);
    await sql`alter table ${sql.table(table)} ${sql.join(changes)}`.execute(db);
  }
}
