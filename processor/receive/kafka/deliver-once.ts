import type { ForwardOutcome } from "../../forward/forward-outcome.ts";
import { outcomeOfKafka } from "../../forward/kafka/outcome-of-kafka.ts";
import type { Outbox } from "../../forward/outbox.ts";
import { kafkaProblemOf } from "../../kafka/kafka-problem.ts";
import type { NewMessage } from "../../kafka/message-writer.ts";
import type { KafkaMessage, Position } from "../../kafka/messages.ts";
import type { TransactionalWriter } from "../../kafka/transactional-writer.ts";
import { type DeadLetter, type DeliveryPorts, deliver, tellAside } from "./deliver.ts";
import { bareLetterOf, letterOf } from "./letters.ts";
import { type Pause, pauseMs } from "./pauses.ts";

/** What delivering once needs. */
export interface OncePorts extends Pick<DeliveryPorts, "handling" | "topics" | "bytesMax"> {
  /** "" leaves out what nobody takes. */
  readonly deadLetterTopic: string;
  readonly pause: Pause;
}

/** The partition that the messages are of. */
export interface OncePartition {
  readonly writer: TransactionalWriter;
  /** The group's offset; undefined: none yet. */
  readonly committed: () => Promise<bigint | undefined>;
  /** As of the member. */
  readonly isCurrent: () => boolean;
}

/**
 * Hands messages of one partition on as {@link deliver} does, and comes back when what came of all of them is in the topic, and
 * the group's offset behind them, by one transaction: what fails is tried again for ever. Where the brokers refuse it for good,
 * each message has a transaction of its own. Comes back early when it is aborted; rejects with a {@link ReadByAnotherError} only.
 */
export async function deliverOnce(
  messages: readonly KafkaMessage[],
  ports: OncePorts,
  partition: OncePartition,
  signal: AbortSignal,
): Promise<void> {
  const [first] = messages;
  const last = messages.at(-1);
  if (first === undefined || last === undefined) return;
  const step: Step = {
    first,
    end: { topic: last.topic, partition: last.partition, offset: last.offset + 1n },
    partition,
  };
  const outbox = createFilling();
  let outcome: ForwardOutcome | undefined;
  try {
    const letter = await fill(outbox, messages, ports, signal);
    outcome = await writeAtLast(outbox.messages, step, ports, signal);
    if (outcome?.kind !== "refused") return;
    if (messages.length === 1)
      return await putAside(
        letter ?? refusedLetter(first, outcome, ports),
        letter !== undefined,
        step,
        ports,
        signal,
      );
    // Each of them is offered again: which one it was is not known, nor whether it was only that they were so many.
    outcome = undefined;
  } finally {
    await outbox.over(outcome);
  }
  for (const message of messages) {
    if (signal.aborted) return;
    await deliverOnce([message], ports, partition, signal);
  }
}

/** The group is further on with a partition than a member that believes it to be its own. */
export class ReadByAnotherError extends Error {
  override readonly name = "ReadByAnotherError";
  constructor({ topic, partition }: Position) {
    super(`partition ${partition} of ${topic} was read on by another member`);
  }
}

/** What is to be committed. */
interface Step {
  readonly first: Position;
  /** Behind the last message. */
  readonly end: Position;
  readonly partition: OncePartition;
}

const WRITTEN: ForwardOutcome = { kind: "accepted", rejectedRecords: 0, message: "" };

/** Tries until it is written, or refused for good; undefined when it is aborted before. */
async function writeAtLast(
  written: readonly NewMessage[],
  step: Step,
  ports: OncePorts,
  signal: AbortSignal,
): Promise<ForwardOutcome | undefined> {
  for (let tries = 1; !signal.aborted; tries += 1) {
    // Another member may have the partition of one that the group has not heard of: to claim it would shut that one out.
    if (!step.partition.isCurrent()) {
      await ports.pause(pauseMs(1), signal);
      continue;
    }
    const outcome = await unlessAborted(write(written, step), signal);
    if (outcome?.kind !== "retry") return outcome;
    const { topic, partition } = step.end;
    ports.handling.warn(
      { topic, partition, reason: outcome.message },
      "what came of messages of Kafka could not be written yet",
    );
    await ports.pause(pauseMs(tries), signal);
  }
  return undefined;
}

/** Whoever waits for what hangs would wait as long; undefined when it is aborted. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const leave = () => resolve(undefined);
  signal.addEventListener("abort", leave, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener("abort", leave);
  }
}

/** One try; what an earlier one has written, whose answer was lost, is written. */
async function write(
  written: readonly NewMessage[],
  { first, end, partition: { writer, committed } }: Step,
): Promise<ForwardOutcome> {
  try {
    if (!writer.isClaimed()) {
      const offset = await claimedOffset(writer, committed);
      if (offset === end.offset) return WRITTEN;
      if (offset > first.offset) throw new ReadByAnotherError(end);
    }
    await writer.write(written, end);
    return WRITTEN;
  } catch (error) {
    if (error instanceof ReadByAnotherError) throw error;
    return outcomeOfKafka(kafkaProblemOf(error));
  }
}

/** What has been claimed without looking at the offset must not be written for. */
async function claimedOffset(
  writer: TransactionalWriter,
  committed: OncePartition["committed"],
): Promise<bigint> {
  await writer.claim();
  try {
    return (await committed()) ?? 0n;
  } catch (error) {
    writer.close();
    throw error;
  }
}

/** A message that the brokers never take. */
function refusedLetter(
  message: KafkaMessage,
  { message: text }: ForwardOutcome,
  { handling }: OncePorts,
): DeadLetter {
  const letter: DeadLetter = { message, reason: "next-hop", text };
  tellAside(letter, handling);
  return letter;
}

/** Writes a letter, without its contents where the brokers do not take them; for ever where they take neither. */
async function putAside(
  letter: DeadLetter,
  isTooMuch: boolean,
  step: Step,
  ports: OncePorts,
  signal: AbortSignal,
): Promise<void> {
  const topic = ports.deadLetterTopic;
  const whole = topic === "" ? [] : [letterOf(topic, letter)];
  const bare = topic === "" ? [] : [bareLetterOf(topic, letter)];
  for (let tries = 1; !signal.aborted; tries += 1) {
    for (const written of tries === 1 && !isTooMuch ? [whole, bare] : [bare]) {
      const outcome = await writeAtLast(written, step, ports, signal);
      if (outcome?.kind !== "refused") return;
      const { message: reason } = outcome;
      ports.handling.warn({ topic, reason }, "receive.kafka.dead_letter_topic does not take a message");
    }
    await ports.pause(pauseMs(tries), signal);
  }
}

/** An outbox that is being filled. */
function createFilling() {
  const messages: NewMessage[] = [];
  const told: Parameters<Outbox["whenOver"]>[0][] = [];
  return {
    messages,
    add: (more: readonly NewMessage[]) => void messages.push(...more),
    whenOver: (one: (typeof told)[number]) => void told.push(one),
    over: async (outcome: ForwardOutcome | undefined) =>
      void (await Promise.all(told.map((one) => one(outcome)))),
  };
}

/** Puts there what is to be written of these messages, which may be less than all when it is aborted; gives the last letter among it. */
async function fill(
  outbox: ReturnType<typeof createFilling>,
  messages: readonly KafkaMessage[],
  { handling, topics, bytesMax, deadLetterTopic }: OncePorts,
  signal: AbortSignal,
): Promise<DeadLetter | undefined> {
  let last: DeadLetter | undefined;
  const putAside = async (letter: DeadLetter) => {
    last = letter;
    if (deadLetterTopic !== "") outbox.add([letterOf(deadLetterTopic, letter)]);
  };
  await deliver(messages, { handling, topics, bytesMax, keepsKeys: true, outbox, putAside }, signal);
  return last;
}
