import { type Kysely, sql } from "kysely";
import { StoreError } from "./store.ts";
import type { Tables } from "./tables.ts";

/** The oldest that the tests run. */
const SERVER_VERSION_MIN = 15;

interface Facts {
  readonly version: number;
  readonly encoding: string;
  readonly schema: string | null;
  readonly has_icu: boolean;
}

/** Rejects with a {@link StoreError} where the database cannot hold what SQLite does. */
export async function requireFitness(db: Kysely<Tables>): Promise<void> {
  const { rows } = await sql<Facts>`
    select current_setting('server_version_num')::integer / 10000 as version,
      current_setting('server_encoding') as encoding,
      current_schema() as schema,
      exists (select 1 from pg_collation where collname = 'und-x-icu') as has_icu`.execute(db);
  for (const facts of rows) {
    const [problem, remedy] = problemOf(facts) ?? [];
    if (problem !== undefined && remedy !== undefined) throw new StoreError("unreachable", problem, remedy);
  }
}

function problemOf({ version, encoding, schema, has_icu: hasIcu }: Facts) {
  if (version < SERVER_VERSION_MIN)
    return [
      `the database's server is PostgreSQL ${version}`,
      `use PostgreSQL ${SERVER_VERSION_MIN} or later`,
    ];
  if (encoding !== "UTF8")
    return [
      `the database's encoding is ${encoding}, which does not have every character`,
      "make it anew: createdb --encoding=UTF8 --template=template0",
    ];
  if (schema === null)
    return [
      "the database has no schema that its user may use",
      "create schema, or grant the user USAGE and CREATE on it",
    ];
  if (!hasIcu)
    return ["the database's server is built without ICU", "use one that is built with it, as most are"];
  return undefined;
}
