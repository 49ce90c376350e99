import type { AlertStore, OutboxMessage, SendResult } from "../../store/alert.ts";
import type { OpenChannel } from "./open-channel.ts";
import { type Outcome, RETRY_AFTER_MS_MAX, retryDelayMs } from "./outcome.ts";

/** Messages of one turn. */
const MESSAGES_MAX = 100;

/** How a message went, as it is counted. */
export type AlertOutcome = "sent" | "retry" | "refused" | "expired";

/** What sending needs. */
export interface SendPorts {
  readonly store: Pick<AlertStore, "nextMessage" | "saveSendResult">;
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

/** Sends what waits, one after the other; stops at one that has to wait, because what comes behind it would fare no better. */
export async function sendMessages(channel: OpenChannel, ports: SendPorts): Promise<void> {
  const { store, mayTell } = ports;
  for (let turn = 0; turn < MESSAGES_MAX && mayTell(); turn += 1) {
    const message = await store.nextMessage(channel.settings.name);
    if (message === undefined || (await sendOne(message, channel, ports)) === "later") return;
  }
}

async function sendOne(
  message: OutboxMessage,
  channel: OpenChannel,
  ports: SendPorts,
): Promise<"finished" | "later"> {
  const { now, expireMs, onOutcome, onError } = ports;
  const { name } = channel.settings;
  const waitsMs = message.dueAtMs - now();
  // One that is due later than anything can be was stored by a clock that was set back since.
  if (waitsMs > 0 && waitsMs <= RETRY_AFTER_MS_MAX) return "later";
  if (message.attempts > 0 && now() - message.createdAtMs > expireMs) {
    await note(message, ports, { state: "expired", error: "could not be sent in time" });
    onOutcome(name, "expired");
    onError(new Error(`alerts: a message to ${name} is given up: it could not be sent in time`));
    return "finished";
  }
  const outcome = await channel.send(message);
  await note(message, ports, toResult(message, outcome, ports));
  onOutcome(name, outcome.kind);
  if (outcome.kind === "refused")
    onError(new Error(`alerts: ${name} refuses a message, which is put aside: ${outcome.reason}`));
  if (outcome.kind !== "retry") return "finished";
  if (message.attempts === 0)
    onError(
      new Error(`alerts: a message to ${name} could not be sent, and is tried again: ${outcome.reason}`),
    );
  return "later";
}

function toResult(
  { attempts }: OutboxMessage,
  outcome: Outcome,
  { random }: SendPorts,
): Pick<SendResult, "state" | "error"> & { readonly delayMs?: number } {
  switch (outcome.kind) {
    case "sent":
      return { state: "sent", error: undefined };
    case "refused":
      return { state: "refused", error: outcome.reason };
    case "retry":
      return {
        state: "waiting",
        error: outcome.reason,
        delayMs: retryDelayMs(attempts, outcome.afterMs, random()),
      };
  }
}

async function note(
  { channel, key }: OutboxMessage,
  { store, now }: SendPorts,
  { state, error, delayMs = 0 }: ReturnType<typeof toResult>,
): Promise<void> {
  const atMs = now();
  await store.saveSendResult({ channel, key, state, error, atMs, dueAtMs: atMs + delayMs });
}
