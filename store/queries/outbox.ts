import { type Kysely, type Selectable, sql } from "kysely";
import { z } from "zod";
import type {
  ChannelLoad,
  ChannelStatus,
  DueQuery,
  MessageKind,
  NewMessage,
  OutboxMessage,
  SendResult,
} from "../alert.ts";
import { chunks } from "../chunks.ts";
import { corrupt } from "../rows.ts";
import type { OutboxTable, Tables } from "../tables.ts";

const messageKind = z.enum(["incident", "summary", "event", "health", "test"]);
const LIMITED: readonly MessageKind[] = ["incident", "summary"];
/** What is counted for an hour. */
const COUNTED: readonly MessageKind[] = [...LIMITED, "health"];
/** What is not made again once it was sent. */
const UNREPEATED: readonly MessageKind[] = ["event", "test"];
const HOUR_MS = 3_600_000;
/** Messages of a channel that were put aside, and are kept to be seen. */
const ASIDE_MAX = 1_000;

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

/** What bounds a channel's next messages. Times ahead of now are of a clock that was set back since: they bound nothing. */
export async function selectChannelLoad(
  db: Kysely<Tables>,
  channel: string,
  nowMs: number,
): Promise<ChannelLoad> {
  const waiting = db.selectFrom("outbox").where("channel", "=", channel).where("state", "=", "waiting");
  const limited = waiting.where("kind", "in", LIMITED);
  const count = (query: typeof waiting) =>
    query.select(({ fn }) => fn.countAll<number>().as("count")).executeTakeFirstOrThrow();
  const sent = db
    .selectFrom("outbox")
    .where("channel", "=", channel)
    .where("state", "=", "sent")
    .where("finished_at_ms", ">", nowMs - HOUR_MS)
    .where("finished_at_ms", "<=", nowMs);
  const row = await db
    .selectFrom("alert_channels")
    .select(["paused_until_ms", "last_sent_at_ms"])
    .where("name", "=", channel)
    .executeTakeFirst();
  const lastSentAtMs = row?.last_sent_at_ms ?? Number.MIN_SAFE_INTEGER;
  const troubled = limited.where("failed_at_ms", "<=", lastSentAtMs);
  return {
    waiting: Number((await count(limited)).count),
    waitingEvents: Number((await count(waiting.where("kind", "=", "event"))).count),
    failing: Number((await count(waiting.where("failed_at_ms", ">", lastSentAtMs))).count),
    troubled: Number((await count(troubled)).count),
    troubledDue: Number((await count(troubled.where("due_at_ms", "<=", nowMs))).count),
    lastSentAtMs: row?.last_sent_at_ms ?? undefined,
    lastHour: Number((await count(sent.where("kind", "in", LIMITED))).count),
    healthLastHour: Number((await count(sent.where("kind", "=", "health"))).count),
    pausedUntilMs: row?.paused_until_ms ?? 0,
  };
}

/** Messages that may be sent now: those about incidents, those tried least often, and the oldest first. */
export async function selectDueMessages(
  db: Kysely<Tables>,
  channel: string,
  { kinds, nowMs, dueAtMsMax, limit }: DueQuery,
): Promise<readonly OutboxMessage[]> {
  const rows = await db
    .selectFrom("outbox")
    .selectAll()
    .where("channel", "=", channel)
    .where("state", "=", "waiting")
    .where("kind", "in", kinds)
    .where((row) => row.or([row("due_at_ms", "<=", nowMs), row("due_at_ms", ">", dueAtMsMax)]))
    .orderBy(sql`kind = 'event'`)
    .orderBy("attempts")
    .orderBy("sequence")
    .limit(limit)
    .execute();
  return rows.map(toMessage);
}

function toMessage(row: Selectable<OutboxTable>): OutboxMessage {
  const kind = messageKind.safeParse(row.kind);
  if (!kind.success) throw corrupt("outbox.kind", kind.error);
  return {
    channel: row.channel,
    key: row.key,
    kind: kind.data,
    notice: row.notice,
    createdAtMs: row.created_at_ms,
    attempts: row.attempts,
    failedAtMs: row.failed_at_ms ?? undefined,
    dueAtMs: row.due_at_ms,
  };
}

/** Notes how a try ended, in the message and in its channel. */
export async function saveSendResult(
  db: Kysely<Tables>,
  { channel, key, state, dueAtMs, pausedUntilMs, atMs, error }: SendResult,
): Promise<void> {
  const isFinished = state !== "waiting";
  const { numUpdatedRows } = await db
    .updateTable("outbox")
    .set((row) => ({
      state,
      attempts: row("attempts", "+", 1),
      failed_at_ms: state === "sent" ? null : sql<number>`coalesce(failed_at_ms, ${atMs})`,
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
    .set({
      ...(state === "sent"
        ? { last_sent_at_ms: atMs, failing_since_ms: null }
        : { failing_since_ms: failing, last_error: error ?? null }),
      ...(pausedUntilMs === undefined ? {} : { paused_until_ms: pausedUntilMs }),
    })
    .where("name", "=", channel)
    .execute();
  if (state === "sent") await forgetSent(db, channel, atMs);
  else if (isFinished) await forgetAside(db, channel);
}

/** What was sent is kept for as long as a limit counts it. */
async function forgetSent(db: Kysely<Tables>, channel: string, nowMs: number): Promise<void> {
  await db
    .deleteFrom("outbox")
    .where("channel", "=", channel)
    .where("state", "=", "sent")
    .where((row) =>
      row.or([
        row("kind", "in", UNREPEATED),
        row.and([
          row("kind", "in", COUNTED),
          row.or([row("finished_at_ms", "<=", nowMs - HOUR_MS), row("finished_at_ms", ">", nowMs)]),
        ]),
      ]),
    )
    .execute();
}

async function forgetAside(db: Kysely<Tables>, channel: string): Promise<void> {
  const states = ["refused", "expired"];
  const oldest = await db
    .selectFrom("outbox")
    .select("sequence")
    .where("channel", "=", channel)
    .where("state", "in", states)
    .orderBy("sequence", "desc")
    .offset(ASIDE_MAX)
    .limit(1)
    .executeTakeFirst();
  if (oldest === undefined) return;
  await db
    .deleteFrom("outbox")
    .where("channel", "=", channel)
    .where("state", "in", states)
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

/** Alerts go with their incidents, finished messages with their age. What was still to be told stays: who tells gives it up, and says so. */
export async function deleteOlderAlerts(db: Kysely<Tables>, beforeMs: number): Promise<void> {
  await db
    .deleteFrom("alerts")
    .where("state", "not in", ["waiting", "open"])
    .where(sql<boolean>`not exists (select 1 from incidents where incidents.id = alerts.incident_id)`)
    .execute();
  await db
    .deleteFrom("outbox")
    .where("state", "!=", "waiting")
    .where("created_at_ms", "<", beforeMs)
    .execute();
}
