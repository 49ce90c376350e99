import { type KafkaFailure, outcomeOfKafka } from "../../forward/kafka/outcome-of-kafka.ts";
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
 * the group's offset behind them, by one transaction: what fails is tried again for ever. Comes back early when it is aborted;
 * rejects with a {@link ReadByAnotherError} only.
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
  const end = { topic: last.topic, partition: last.partition, offset: last.offset + 1n };
  let written = await outcomeOf(messages, ports, signal);
  for (let tries = 1; !signal.aborted; tries += 1) {
    const failure = await commit(written, { first, end, isFirstTry: tries === 1 }, partition);
    if (failure === undefined) return;
    if (failure.kind === "refused") written = await takenOf(messages, ports, partition, signal);
    else {
      const { topic, partition: number } = end;
      const details = { topic, partition: number, reason: failure.message };
      ports.handling.warn(details, "what came of messages of Kafka could not be written yet");
    }
    await pauseUntilCurrent(tries, ports.pause, partition, signal);
  }
}

/** Another member may have the partition of one that the group has not heard of: to claim it would shut that one out. */
async function pauseUntilCurrent(
  tries: number,
  pause: Pause,
  { isCurrent }: OncePartition,
  signal: AbortSignal,
): Promise<void> {
  do await pause(pauseMs(tries), signal);
  while (!isCurrent() && !signal.aborted);
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
  readonly isFirstTry: boolean;
}

/** Why it could not be done; undefined where it was, also by an earlier try whose answer was lost. */
async function commit(
  written: readonly NewMessage[],
  { first, end, isFirstTry }: Step,
  { writer, committed }: OncePartition,
): Promise<KafkaFailure | undefined> {
  try {
    if (!isFirstTry) {
      await writer.claim();
      const offset = (await committed()) ?? 0n;
      if (offset === end.offset) return undefined;
      if (offset > first.offset) throw new ReadByAnotherError(end);
    }
    await writer.write(written, end);
    return undefined;
  } catch (error) {
    if (error instanceof ReadByAnotherError) throw error;
    return outcomeOfKafka(kafkaProblemOf(error));
  }
}

/** What is to be written of all of them but those that the brokers never take, for each of which there is a letter. */
async function takenOf(
  messages: readonly KafkaMessage[],
  ports: OncePorts,
  { writer }: OncePartition,
  signal: AbortSignal,
): Promise<readonly NewMessage[]> {
  const taken: NewMessage[] = [];
  for (const message of messages) {
    const written = await outcomeOf([message], ports, signal);
    const refusal = await refusalOf(written, writer);
    if (refusal === undefined) taken.push(...written);
    else taken.push(...(await lettersOf({ message, reason: "next-hop", text: refusal }, ports, writer)));
  }
  return taken;
}

/** Why the brokers will never take them. */
async function refusalOf(
  messages: readonly NewMessage[],
  writer: TransactionalWriter,
): Promise<string | undefined> {
  try {
    await writer.attempt(messages);
    return undefined;
  } catch (error) {
    const { kind, message } = outcomeOfKafka(kafkaProblemOf(error));
    return kind === "refused" ? message : undefined;
  }
}

async function lettersOf(
  letter: DeadLetter,
  { handling, deadLetterTopic }: OncePorts,
  writer: TransactionalWriter,
): Promise<readonly NewMessage[]> {
  handling.observer.refused(letter.reason, "kafka");
  tellAside(letter, handling);
  if (deadLetterTopic === "") return [];
  const whole = [letterOf(deadLetterTopic, letter)];
  return (await refusalOf(whole, writer)) === undefined ? whole : [bareLetterOf(deadLetterTopic, letter)];
}

/** What is to be written of these messages; it may be less than all when it is aborted. */
async function outcomeOf(
  messages: readonly KafkaMessage[],
  { handling, topics, bytesMax, deadLetterTopic }: OncePorts,
  signal: AbortSignal,
): Promise<readonly NewMessage[]> {
  const written: NewMessage[] = [];
  const add = (more: readonly NewMessage[]) => void written.push(...more);
  await deliver(
    messages,
    {
      handling,
      topics,
      bytesMax,
      keepsKeys: true,
      outbox: { add },
      putAside: async (letter) => {
        if (deadLetterTopic !== "") add([letterOf(deadLetterTopic, letter)]);
      },
    },
    signal,
  );
  return written;
}
