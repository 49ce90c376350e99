import type { Metadata } from "../../forward/metadata.ts";
import type { Outbox } from "../../forward/outbox.ts";
import { kafkaProblemOf } from "../../kafka/kafka-problem.ts";
import type { KafkaMessage } from "../../kafka/messages.ts";
import type { Answer } from "../answer.ts";
import type { RefusedReason } from "../consume.ts";
import { type Arrival, type HandlePorts, handle } from "../handle.ts";
import type { KafkaTopicConfig } from "./config.ts";
import { pause, pauseMs } from "./pauses.ts";
import { type ReadKafkaMessage, type Run, readKafkaMessage, toRuns } from "./read-message.ts";

/** Why a message does not go on. */
export interface DeadLetter {
  readonly message: KafkaMessage;
  readonly reason: RefusedReason;
  readonly text: string;
}

/** What delivering needs. */
export interface DeliveryPorts {
  readonly handling: HandlePorts;
  /** By their names; messages of others are left out. */
  readonly topics: ReadonlyMap<string, KafkaTopicConfig>;
  /** Of one message, after decoding. */
  readonly bytesMax: number;
  /** Whether the next hop is told the messages' keys: then those of different keys go on apart, beside each other. */
  readonly keepsKeys: boolean;
  /** Puts a message aside that will never be taken. May reject: then it is tried again. */
  readonly putAside: (letter: DeadLetter) => Promise<void>;
  /** What the next hop would be sent is put there instead. */
  readonly outbox?: Outbox;
}

/** Bytes that were counted when they were read. */
const COUNTED: NonNullable<Arrival["reservation"]> = {
  grow: () => true,
  arrived: () => undefined,
  release: () => undefined,
};

/**
 * Hands messages of one partition on, those of one key in their order, and comes back when each was taken by the next hop or
 * put aside: what may be tried again is, for ever. Never rejects; comes back early, with less done, when it is aborted.
 */
export async function deliver(
  messages: readonly KafkaMessage[],
  ports: DeliveryPorts,
  signal: AbortSignal,
): Promise<void> {
  const read = messages.flatMap((one) => {
    const topic = ports.topics.get(one.topic);
    return topic === undefined ? [] : [readKafkaMessage(one, topic, ports.bytesMax)];
  });
  for (const { message, content } of read) {
    if (content.kind !== "bad") continue;
    ports.handling.observer.refused(content.reason, "kafka");
    await putAside({ message, reason: content.reason, text: content.text }, ports, signal);
  }
  const good = read.filter(({ content }) => content.kind === "request" || content.kind === "text");
  const groups = ports.keepsKeys ? Map.groupBy(good, keyOf) : new Map([["", good]]);
  await Promise.all([...groups.values()].map((group) => deliverInOrder(toRuns(group), ports, signal)));
}

function keyOf({ message: { key } }: ReadKafkaMessage): string | undefined {
  return key?.toString("base64");
}

async function deliverInOrder(
  runs: readonly Run[],
  ports: DeliveryPorts,
  signal: AbortSignal,
): Promise<void> {
  for (const run of runs) await deliverRun(run, ports, signal);
}

async function deliverRun(run: Run, ports: DeliveryPorts, signal: AbortSignal): Promise<void> {
  for (let tries = 1; !signal.aborted; tries += 1) {
    const answer = await offer(run, ports, signal);
    if (answer.kind === "ok") return;
    const { retryAfterMs } = answer.status;
    if (retryAfterMs === undefined) return refused(run, answer, ports, signal);
    await pause(pauseMs(tries, tries === 1 ? 0 : retryAfterMs), signal);
  }
}

function offer({ messages, bytes }: Run, ports: DeliveryPorts, signal: AbortSignal): Promise<Answer> {
  const [first] = messages;
  const metadata = metadataOf(ports.keepsKeys ? first?.message.key : undefined, ports.outbox);
  const arrival: Arrival = { bytes, transport: "kafka", signal, reservation: COUNTED, metadata };
  if (messages.length === 1) return handle(arrival, ports.handling);
  // Those of them that are at fault are counted when they are offered alone.
  const observer = { ...ports.handling.observer, refused: () => undefined };
  return handle(arrival, { ...ports.handling, observer });
}

function metadataOf(messageKey: Buffer | undefined, outbox: Outbox | undefined): Metadata | undefined {
  if (messageKey === undefined && outbox === undefined) return undefined;
  return { headers: {}, key: `kafka/${messageKey?.toString("base64") ?? ""}`, messageKey, outbox };
}

/** One that is refused must not take its neighbours with it: each is offered alone. */
async function refused(
  { messages }: Run,
  { reason, status }: Extract<Answer, { readonly kind: "error" }>,
  ports: DeliveryPorts,
  signal: AbortSignal,
): Promise<void> {
  const [first] = messages;
  if (first === undefined) return;
  if (messages.length === 1)
    return putAside({ message: first.message, reason, text: status.message }, ports, signal);
  await deliverInOrder(
    messages.flatMap((one) => toRuns([one])),
    ports,
    signal,
  );
}

async function putAside(letter: DeadLetter, ports: DeliveryPorts, signal: AbortSignal): Promise<void> {
  const { topic } = letter.message;
  tellAside(letter, ports.handling);
  for (let tries = 1; !signal.aborted; tries += 1) {
    try {
      return await ports.putAside(letter);
    } catch (error) {
      ports.handling.warn(
        { topic, reason: kafkaProblemOf(error).text },
        "receive.kafka.dead_letter_topic cannot be written to",
      );
      await pause(pauseMs(tries), signal);
    }
  }
}

/** Tells that a message does not go on, without its contents. */
export function tellAside({ message, reason }: DeadLetter, { warn }: Pick<HandlePorts, "warn">): void {
  const { topic, partition, offset } = message;
  warn({ topic, partition, offset: String(offset), reason }, "a message of Kafka was put aside");
}
