import type { AlertStore, ChannelLoad, MessageKind, OutboxMessage, SendResult } from "../../store/alert.ts";
import type { Channel } from "./config.ts";
import { roomForHealth, roomToSend } from "./limits.ts";
import type { OpenChannel } from "./open-channel.ts";
import { type Outcome, RETRY_AFTER_MS_MAX, retryDelayMs } from "./outcome.ts";

/** Messages of one turn. */
const MESSAGES_MAX = 100;
/** No message is begun later in a turn: what is new meanwhile is planned in the next one, and goes before many events. */
const TURN_MS_MAX = 2_000;
const KINDS: readonly MessageKind[] = ["incident", "summary", "health", "event", "test"];

/** How a message went, as it is counted. */
export type AlertOutcome = "sent" | "retry" | "refused" | "expired";

/** What sending needs. */
export interface SendPorts {
  readonly store: Pick<AlertStore, "channelLoad" | "dueMessages" | "saveSendResult">;
  readonly now: () => number;
  /** 0 to 1. */
  readonly random: () => number;
  readonly expireMs: number;
  /** Whether this process still may. */
  readonly mayTell: () => boolean;
  readonly onOutcome: (channel: string, outcome: AlertOutcome) => void;
  /** Told what a person should know. */
  readonly onError: (error: unknown) => void;
}

/**
 * Sends what is due and may be sent now. One that is not taken waits by itself, and those behind it go on; when a second one is not
 * taken either, or the receiver asks for time, it is left alone for a while.
 *
 * @returns whether there may be more to send: something was finished, or the turn was
 */
export async function sendMessages(channel: OpenChannel, ports: SendPorts): Promise<boolean> {
  const { store, now, mayTell } = ports;
  const { settings } = channel;
  const beganAtMs = now();
  const load = await store.channelLoad(settings.name, beganAtMs);
  let sent: Sent = load;
  let trouble: Trouble = load;
  let hasFinished = false;
  for (const message of await dueMessages(channel, load, ports)) {
    if (!mayTell()) break;
    if (now() - beganAtMs > TURN_MS_MAX) return true;
    if (roomFor(message.kind, settings, sent, now()) === 0) continue;
    const result = await sendOne(message, channel, failingBeside(message, trouble) > 0, ports);
    if (result.pausedUntilMs !== undefined) break;
    if (result.state === "sent") sent = withOne(sent, message.kind);
    hasFinished ||= result.state !== "waiting";
    trouble = after(message, result, trouble);
  }
  return hasFinished;
}

/** Whether the receiver is away: not concluded from what it does not take though it takes others. */
type Trouble = Pick<ChannelLoad, "failing" | "lastSentAtMs">;

function failingBeside({ failedAtMs }: OutboxMessage, { failing, lastSentAtMs }: Trouble): number {
  return failedAtMs !== undefined && isSince(failedAtMs, lastSentAtMs) ? failing - 1 : failing;
}

function after(message: OutboxMessage, { state, atMs }: SendResult, trouble: Trouble): Trouble {
  if (state === "sent") return { failing: 0, lastSentAtMs: atMs };
  const { lastSentAtMs } = trouble;
  const isFailing = state === "waiting" && isSince(message.failedAtMs ?? atMs, lastSentAtMs);
  return { failing: failingBeside(message, trouble) + (isFailing ? 1 : 0), lastSentAtMs };
}

function isSince(failedAtMs: number, lastSentAtMs: number | undefined): boolean {
  return lastSentAtMs === undefined || failedAtMs > lastSentAtMs;
}

/** What was sent in the last hour, as limits count it. */
type Sent = Pick<ChannelLoad, "lastHour" | "healthLastHour">;

function withOne({ lastHour, healthLastHour }: Sent, kind: MessageKind): Sent {
  if (kind === "health") return { lastHour, healthLastHour: healthLastHour + 1 };
  return kind === "incident" || kind === "summary"
    ? { lastHour: lastHour + 1, healthLastHour }
    : { lastHour, healthLastHour };
}

function roomFor(kind: MessageKind, settings: Channel, sent: Sent, nowMs: number): number {
  switch (kind) {
    case "incident":
    case "summary":
      return roomToSend(settings, sent, nowMs);
    case "health":
      return roomForHealth(settings, sent, nowMs);
    case "event":
    case "test":
      return Number.POSITIVE_INFINITY;
  }
}

/** None while the receiver is left alone. What is due, or left alone, for longer than can be is of a clock that was set back since. */
async function dueMessages(
  { settings }: OpenChannel,
  load: ChannelLoad,
  { store, now }: SendPorts,
): Promise<readonly OutboxMessage[]> {
  const nowMs = now();
  const dueAtMsMax = nowMs + RETRY_AFTER_MS_MAX;
  if (load.pausedUntilMs > nowMs && load.pausedUntilMs <= dueAtMsMax) return [];
  const kinds = KINDS.filter((kind) => roomFor(kind, settings, load, nowMs) > 0);
  return store.dueMessages(settings.name, { kinds, nowMs, dueAtMsMax, limit: MESSAGES_MAX });
}

/** @param isFailing whether another message was tried in vain */
async function sendOne(
  message: OutboxMessage,
  channel: OpenChannel,
  isFailing: boolean,
  ports: SendPorts,
): Promise<SendResult> {
  const { store, now, expireMs, onOutcome, onError } = ports;
  const { name } = channel.settings;
  const outcome = orExpired(await trySend(channel, message), message, now() - expireMs);
  const result = toResult(message, outcome, isFailing, ports);
  await store.saveSendResult(result);
  onOutcome(name, outcome.kind);
  if (outcome.kind === "expired")
    onError(new Error(`alerts: a message to ${name} is given up: it ${outcome.reason}`));
  if (outcome.kind === "refused")
    onError(new Error(`alerts: ${name} refuses a message, which is put aside: ${outcome.reason}`));
  if (outcome.kind === "retry" && message.attempts === 0 && !isFailing)
    onError(
      new Error(`alerts: a message to ${name} could not be sent, and is tried again: ${outcome.reason}`),
    );
  return result;
}

/** What fails before it is sent waits by itself as well: else nothing behind it would ever be. */
async function trySend(channel: OpenChannel, message: OutboxMessage): Promise<Outcome> {
  try {
    return await channel.send(message);
  } catch {
    return { kind: "retry", afterMs: undefined, reason: "it could not be made into a request" };
  }
}

type Ending = Outcome | { readonly kind: "expired"; readonly reason: string };

/** What is too old is given up when one more try has failed: nobody may have tried for all that time. */
function orExpired(outcome: Outcome, { attempts, createdAtMs }: OutboxMessage, expiredAtMs: number): Ending {
  const isExpired = outcome.kind === "retry" && attempts > 0 && createdAtMs < expiredAtMs;
  return isExpired ? { kind: "expired", reason: `could not be sent in time: ${outcome.reason}` } : outcome;
}

/** What is stored of a try. */
function toResult(
  { channel, key, attempts }: OutboxMessage,
  outcome: Ending,
  isFailing: boolean,
  { now, random }: SendPorts,
): SendResult {
  const atMs = now();
  const done = { channel, key, atMs, dueAtMs: atMs, pausedUntilMs: undefined };
  switch (outcome.kind) {
    case "sent":
      return { ...done, state: "sent", error: undefined };
    case "refused":
    case "expired":
      return { ...done, state: outcome.kind, error: outcome.reason };
    case "retry": {
      const dueAtMs = atMs + retryDelayMs(attempts, outcome.afterMs, random());
      const isAway = isFailing || outcome.afterMs !== undefined;
      const pausedUntilMs = isAway ? dueAtMs : undefined;
      return { channel, key, atMs, dueAtMs, pausedUntilMs, state: "waiting", error: outcome.reason };
    }
  }
}
