import { type Kysely, type RawBuilder, sql } from "kysely";
import { chunks } from "../chunks.ts";
import {
  type Holder,
  JOURNAL_KEPT_MS,
  type JournalEntry,
  type OthersSightings,
  type ServiceMemory,
  type Sighting,
  type TakenService,
} from "../memory.ts";
import { isPostgres } from "../migrations/dialect.ts";
import type { Tables } from "../tables.ts";
import { nextSighting } from "./revisions.ts";

const LAST = 1;

export async function saveMemories(
  db: Kysely<Tables>,
  memories: readonly ServiceMemory[],
  { writer, upTo, instance, revision }: Holder,
  atMs: number,
): Promise<readonly string[]> {
  const others = await db
    // A write that changes nothing: a transaction of SQLite that begins by reading cannot wait for another writer.
    .updateTable("sightings")
    .set((row) => ({ revision: row.ref("revision") }))
    .where("revision", ">", revision)
    .where("instance", "<>", instance)
    .returning("service")
    .execute();
  const seen = new Set(others.map(({ service }) => service));
  for (const { service, json, isLast } of memories) {
    if (seen.has(service)) continue;
    const row = { json: Buffer.concat(json).toString("utf8"), at_ms: atMs, is_last: isLast ? LAST : 0 };
    await db
      .insertInto("service_memories")
      .values({ service, ...row })
      .onConflict((conflict) => conflict.column("service").doUpdateSet(row))
      .execute();
    await db
      .deleteFrom("journal")
      .where("service", "=", service)
      .where((row) =>
        row.or([
          row.and([row("writer", "=", writer), row("sequence", "<=", upTo)]),
          row("at_ms", "<", atMs - JOURNAL_KEPT_MS),
        ]),
      )
      .execute();
  }
  return memories.map(({ service }) => service).filter((service) => seen.has(service));
}

export async function takeServices(
  db: Kysely<Tables>,
  services: readonly string[],
  instance: string,
): Promise<readonly TakenService[]> {
  await saveSightings(
    db,
    services.map((service) => ({ service, ageMs: 0 })),
    instance,
  );
  const taken: TakenService[] = [];
  for (const some of chunks(services)) taken.push(...(await takeSome(db, some)));
  return taken;
}

async function takeSome(db: Kysely<Tables>, services: readonly string[]): Promise<readonly TakenService[]> {
  const memories = await db
    .selectFrom("service_memories")
    .select(["service", "json", "is_last"])
    .where("service", "in", services)
    .execute();
  await db
    .updateTable("service_memories")
    .set({ is_last: 0 })
    .where("service", "in", services)
    .where("is_last", "=", LAST)
    .execute();
  const news = Map.groupBy(
    await db
      .selectFrom("journal")
      .select(["name", "service", "json"])
      .where("service", "in", services)
      .orderBy("sequence")
      .execute(),
    ({ service }) => service,
  );
  const memoryOf = new Map(memories.map((memory) => [memory.service, memory]));
  return services.map((service) => {
    const memory = memoryOf.get(service);
    return {
      service,
      json: memory?.json,
      isLast: memory?.is_last === LAST,
      news: (news.get(service) ?? []).map(({ name, json }): JournalEntry => ({ name, service, json })),
    };
  });
}

export async function saveSightings(
  db: Kysely<Tables>,
  sightings: readonly Sighting[],
  instance: string,
): Promise<void> {
  const revision = await nextSighting(db);
  for (const some of chunks(sightings))
    await db
      .insertInto("sightings")
      .values(some.map(({ service, ageMs }) => ({ service, instance, seen_ms: agoMs(db, ageMs), revision })))
      .onConflict((conflict) =>
        conflict.columns(["service", "instance"]).doUpdateSet((update) => ({
          seen_ms: update.ref("excluded.seen_ms"),
          revision: update.ref("excluded.revision"),
        })),
      )
      .execute();
}

export async function selectSightingsOfOthers(
  db: Kysely<Tables>,
  instance: string,
  afterRevision: number,
): Promise<OthersSightings> {
  const rows = await db
    .selectFrom("sightings as other")
    .leftJoin("sightings as own", (join) =>
      join.onRef("own.service", "=", "other.service").on("own.instance", "=", instance),
    )
    .select(({ ref }) => [
      "other.service",
      "other.revision",
      sql<number>`${clockMs(db)} - ${ref("other.seen_ms")}`.as("age_ms"),
      "other.seen_ms as other_ms",
      "own.seen_ms as own_ms",
      "own.revision as own_revision",
    ])
    .where("other.revision", ">", afterRevision)
    .where("other.instance", "<>", instance)
    .orderBy("other.revision")
    .execute();
  return {
    revision: rows.at(-1)?.revision ?? afterRevision,
    sightings: rows.map(({ service, age_ms: ageMs, ...row }) => ({
      service,
      ageMs,
      isLatest: isLatest(row),
    })),
  };
}

interface Compared {
  readonly other_ms: number;
  readonly revision: number;
  readonly own_ms: number | null;
  readonly own_revision: number | null;
}

/** Both by the database's clock. */
function isLatest({ other_ms, revision, own_ms, own_revision }: Compared): boolean {
  return own_ms === null || other_ms > own_ms || (other_ms === own_ms && revision > (own_revision ?? 0));
}

/** The database's own clock, which all stages share, in milliseconds since the epoch. */
function clockMs(db: Kysely<Tables>): RawBuilder<number> {
  return isPostgres(db)
    ? sql`(extract(epoch from clock_timestamp()) * 1000)::bigint`
    : sql`cast(unixepoch('subsec') * 1000 as integer)`;
}

function agoMs(db: Kysely<Tables>, ageMs: number): RawBuilder<number> {
  return sql`${clockMs(db)} - ${sql.lit(Math.round(ageMs))}`;
}

export async function selectServicesSeenBy(db: Kysely<Tables>, instance: string): Promise<readonly string[]> {
  const rows = await db
    .selectFrom("sightings as own")
    .select("own.service")
    .where("own.instance", "=", instance)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom("sightings as other")
            .select("other.service")
            .whereRef("other.service", "=", "own.service")
            .whereRef("other.revision", ">", "own.revision"),
        ),
      ),
    )
    .orderBy("own.seen_ms")
    .execute();
  return rows.map(({ service }) => service);
}
