import type { Kysely } from "kysely";
import { chunks } from "../chunks.ts";
import {
  JOURNAL_KEPT_MS,
  type JournalEntry,
  type Journaled,
  type OthersSightings,
  type ServiceMemory,
  type Sighting,
  type TakenService,
} from "../memory.ts";
import type { Tables } from "../tables.ts";
import { nextSighting } from "./revisions.ts";

const LAST = 1;

export async function saveMemories(
  db: Kysely<Tables>,
  memories: readonly ServiceMemory[],
  { writer, upTo }: Journaled,
  atMs: number,
): Promise<void> {
  for (const { service, json, isLast } of memories) {
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
}

export async function takeServices(
  db: Kysely<Tables>,
  services: readonly string[],
  instance: string,
  atMs: number,
): Promise<readonly TakenService[]> {
  await saveSightings(
    db,
    services.map((service) => ({ service, seenMs: atMs })),
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
      .values(some.map(({ service, seenMs }) => ({ service, instance, seen_ms: seenMs, revision })))
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
    .selectFrom("sightings")
    .select(["service", "seen_ms", "revision"])
    .where("revision", ">", afterRevision)
    .where("instance", "<>", instance)
    .orderBy("revision")
    .execute();
  return {
    revision: rows.at(-1)?.revision ?? afterRevision,
    sightings: rows.map(({ service, seen_ms: seenMs }) => ({ service, seenMs })),
  };
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

/** Deletes some of those over so many, the oldest; answers whether there may be more: names of services come from senders, who may
 * make up as many as they like. */
export async function trimMemories(
  db: Kysely<Tables>,
  memoriesMax: number,
  atOnce: number,
): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom("service_memories")
    .where("service", "in", (query) =>
      query
        .selectFrom("service_memories")
        .select("service")
        .orderBy("at_ms", "desc")
        .orderBy("service")
        .limit(atOnce)
        .offset(memoriesMax),
    )
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows) >= atOnce;
}
