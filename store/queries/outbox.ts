import { type Kysely, sql } from "kysely";
import { z } from "zod";
import type { ChannelStatus, NewMessage, OutboxMessage, SendResult } from "../alert.ts";
import { chunks } from "../chunks.ts";
import { corrupt } from "../rows.ts";
import type { Tables } from "../tables.ts";

const messageKind = z.enum(["incident", "summary", "event", "health", "test"]);
/** Finished messages of a channel that are kept to be seen; at least those of an hour are, which its limit counts. */
const FINISHED_MAX = 1_000;

/** Each once: what has the key of another one is not stored again. */
export async function insertMessages(
  db: Kysely<Tables>,
  channel: string,
  messages: readonly NewMessage[],
  atMs: number,
): Promise<void> {
  const rows = messages.map(({ key, kind, notice }) => ({
    channel,
    key,
    kind,
    notice,
    state: "waiting",
    created_at_ms: atMs,
    attempts: 0,
    due_at_ms: atMs,
  }));
  for (const some of chunks(rows))
    await db
      .insertInto("outbox")
      .values(some)
      .onConflict((conflict) => conflict.columns(["channel", "key"]).doNothing())
      .execute();
}

/** False where there is no such channel. */
export async function addTestMessage(
  db: Kysely<Tables>,
  channel: string,
  message: NewMessage,
  atMs: number,
): Promise<boolean> {
  const row = await db
    .selectFrom("alert_channels")
    .select("name")
    .where("name", "=", channel)
    .executeTakeFirst();
  if (row === undefined) return false;
  await insertMessages(db, channel, [message], atMs);
  return true;
}

/** The oldest message that waits; undefined for none. */
export async function selectNextMessage(
  db: Kysely<Tables>,
  channel: string,
): Promise<OutboxMessage | undefined> {
  const row = await db
    .selectFrom("outbox")
    .selectAll()
    .where("channel", "=", channel)
    .where("state", "=", "waiting")
    .orderBy("sequence")
    .limit(1)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const kind = messageKind.safeParse(row.kind);
  if (!kind.success) throw corrupt("outbox.kind", kind.error);
  return {
    channel: row.channel,
    key: row.key,
    kind: kind.data,
    notice: row.notice,
    createdAtMs: row.created_at_ms,
    attempts: row.attempts,
    dueAtMs: row.due_at_ms,
  };
}

/** Notes how a try ended, in the message and in its channel; of finished messages the oldest are forgotten. */
export async function saveSendResult(
  db: Kysely<Tables>,
  { channel, key, state, dueAtMs, atMs, error }: SendResult,
): Promise<void> {
  const isFinished = state !== "waiting";
  const { numUpdatedRows } = await db
    .updateTable("outbox")
    .set((row) => ({
      state,
      attempts: row("attempts", "+", 1),
      due_at_ms: dueAtMs,
      error: error ?? null,
      finished_at_ms: isFinished ? atMs : null,
    }))
    .where("channel", "=", channel)
    .where("key", "=", key)
    .where("state", "=", "waiting")
    .executeTakeFirstOrThrow();
  // Another process has sent it meanwhile.
  if (numUpdatedRows === 0n) return;
  const failing = sql<number>`coalesce(failing_since_ms, ${atMs})`;
  await db
    .updateTable("alert_channels")
    .set(
      state === "sent"
        ? { last_sent_at_ms: atMs, failing_since_ms: null }
        : { failing_since_ms: failing, last_error: error ?? null },
    )
    .where("name", "=", channel)
    .execute();
  if (isFinished) await trim(db, channel);
}

async function trim(db: Kysely<Tables>, channel: string): Promise<void> {
  const oldest = await db
    .selectFrom("outbox")
    .select("sequence")
    .where("channel", "=", channel)
    .where("state", "!=", "waiting")
    .orderBy("sequence", "desc")
    .offset(FINISHED_MAX)
    .limit(1)
    .executeTakeFirst();
  if (oldest === undefined) return;
  await db
    .deleteFrom("outbox")
    .where("channel", "=", channel)
    .where("state", "!=", "waiting")
    .where("sequence", "<=", oldest.sequence)
    .execute();
}

export async function selectChannelStatuses(db: Kysely<Tables>): Promise<readonly ChannelStatus[]> {
  const channels = await db.selectFrom("alert_channels").selectAll().orderBy("name").execute();
  const messages = await db
    .selectFrom("outbox")
    .select(({ fn }) => ["channel", "state", fn.countAll<number>().as("count")])
    .where("state", "!=", "sent")
    .groupBy(["channel", "state"])
    .execute();
  const alerts = await db
    .selectFrom("alerts")
    .select(({ fn }) => ["channel", fn.countAll<number>().as("count")])
    .where("state", "=", "waiting")
    .groupBy("channel")
    .execute();
  const count = (channel: string, states: readonly string[]) =>
    messages
      .filter((row) => row.channel === channel && states.includes(row.state))
      .reduce((sum, row) => sum + Number(row.count), 0);
  return channels.map((row) => ({
    name: row.name,
    lastSentAtMs: row.last_sent_at_ms ?? undefined,
    failingSinceMs: row.failing_since_ms ?? undefined,
    lastError: row.last_error ?? undefined,
    waiting: count(row.name, ["waiting"]),
    heldBack: Number(alerts.find(({ channel }) => channel === row.name)?.count ?? 0),
    putAside: count(row.name, ["refused", "expired"]),
  }));
}

/** Alerts go with their incidents, finished messages with their age. */
export async function deleteOlderAlerts(db: Kysely<Tables>, beforeMs: number): Promise<void> {
  await db.deleteFrom("alerts").where(sql<boolean>`incident_id not in (select id from incidents)`).execute();
  await db
    .deleteFrom("outbox")
    .where("state", "!=", "waiting")
    .where("created_at_ms", "<", beforeMs)
    .execute();
}
