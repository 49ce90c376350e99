import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";
import { compareTextsByCode, sequenceColumn } from "./dialect.ts";

/** The name of the stage whose memory an SQLite database has. */
const ONLY_INSTANCE = "logbert";
/** The part that is about all services together. */
const TEMPLATES = "templates";
/** The only part that wrote into the journal besides. */
const NEW_TEMPLATES = "detector:new-template";

interface Part {
  readonly name: string;
  readonly json: string;
  readonly at_ms: number;
}

/** What was learned is kept by service, so that any stage may go on from there; a stage follows what others add to the journal. */
export const serviceMemories: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable("service_memories")
      .addColumn("service", "text", (c) => c.primaryKey())
      .addColumn("json", "text", (c) => c.notNull())
      .addColumn("at_ms", "bigint", (c) => c.notNull())
      .addColumn("is_last", "integer", (c) => c.notNull())
      .execute();
    await db.schema.createIndex("service_memories_by_age").on("service_memories").column("at_ms").execute();
    await db.schema
      .createTable("sightings")
      .addColumn("service", "text", (c) => c.notNull())
      .addColumn("instance", "text", (c) => c.notNull())
      .addColumn("seen_ms", "bigint", (c) => c.notNull())
      .addColumn("revision", "bigint", (c) => c.notNull())
      .addPrimaryKeyConstraint("sightings_key", ["service", "instance"])
      .execute();
    await db.schema.createIndex("sightings_by_revision").on("sightings").column("revision").execute();
    await sql`insert into revisions (name, value) values ('sightings', 0)`.execute(db);
    const journal = await readJournal(db);
    await makeJournal(db);
    await db.schema
      .alterTable("snapshots")
      .addColumn("journaled", "bigint", (c) => c.notNull().defaultTo(0))
      .execute();
    await compareTextsByCode(db);
    await splitParts(db, journal);
  },
};

async function makeJournal(db: Kysely<unknown>): Promise<void> {
  await db.schema.dropTable("journal").execute();
  await db.schema
    .createTable("journal")
    .addColumn("sequence", ...sequenceColumn(db))
    .addColumn("name", "text", (c) => c.notNull())
    .addColumn("service", "text")
    .addColumn("json", "text", (c) => c.notNull())
    .addColumn("writer", "text", (c) => c.notNull())
    .addColumn("at_ms", "bigint", (c) => c.notNull())
    .execute();
  await db.schema.createIndex("journal_by_name").on("journal").columns(["name", "sequence"]).execute();
  await db.schema.createIndex("journal_by_service").on("journal").columns(["service", "sequence"]).execute();
}

async function readJournal(db: Kysely<unknown>): Promise<readonly Pick<Part, "name" | "json">[]> {
  const { rows } = await sql<Part>`select name, json from journal order by sequence`.execute(db);
  return rows;
}

/** Each part held all services; what cannot be read is left out, as it would have been at a start. */
async function splitParts(
  db: Kysely<unknown>,
  journal: readonly Pick<Part, "name" | "json">[],
): Promise<void> {
  const { rows: parts } = await sql<Part>`
    select name, json, at_ms from snapshots where name <> ${TEMPLATES}`.execute(db);
  const memories = new Map<string, Record<string, unknown>>();
  let atMs = 0;
  for (const { name, json, at_ms } of parts) {
    atMs = Math.max(atMs, Number(at_ms));
    for (const [service, state] of statesIn(json)) {
      const memory = memories.get(service) ?? {};
      memory[name] = state;
      memories.set(service, memory);
    }
  }
  for (const [service, memory] of memories) {
    await sql`
      insert into service_memories (service, json, at_ms, is_last)
      values (${service}, ${JSON.stringify(memory)}, ${atMs}, 0)`.execute(db);
    await sql`
      insert into sightings (service, instance, seen_ms, revision)
      values (${service}, ${ONLY_INSTANCE}, ${atMs}, 0)`.execute(db);
  }
  await sql`delete from snapshots where name <> ${TEMPLATES}`.execute(db);
  for (const { name, json } of journal)
    for (const [service, news] of newsIn(name, json))
      await sql`
        insert into journal (name, service, json, writer, at_ms)
        values (${name}, ${service}, ${JSON.stringify(news)}, ${ONLY_INSTANCE}, ${atMs})`.execute(db);
}

/** The state of a part for each of its services, as if it had no other one. */
function statesIn(json: string): readonly (readonly [service: string, state: unknown])[] {
  const part = parsed(json);
  if (typeof part !== "object" || part === null || !("services" in part) || !Array.isArray(part.services))
    return [];
  const { services, ...rest } = part;
  return services.flatMap((entry: unknown) =>
    Array.isArray(entry) && typeof entry[0] === "string"
      ? [[entry[0], { ...rest, services: [entry] }] as const]
      : [],
  );
}

/** What the journal had of templates is of no service; first sightings begin with theirs. */
function newsIn(
  name: string,
  json: string,
): readonly (readonly [service: string | null, news: readonly unknown[]])[] {
  const news = parsed(json);
  if (!Array.isArray(news)) return [];
  if (name === TEMPLATES) return [[null, news]];
  if (name !== NEW_TEMPLATES) return [];
  const sightings = news.filter(
    (one: unknown): one is readonly [string] => Array.isArray(one) && typeof one[0] === "string",
  );
  return [...Map.groupBy(sightings, ([service]) => service)];
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
