import { type Consumer, type Message, ProduceAcks, Producer } from "@platformatic/kafka";
import { clientOptions, type KafkaConnection } from "./connection.ts";
import { type NewMessage, toProduced } from "./message-writer.ts";
import type { Position } from "./messages.ts";
import { toBatches } from "./to-batches.ts";

/** A group's member, as the group knows it since its last division. */
export interface Membership {
  readonly consumer: Consumer;
  readonly memberId: string;
  readonly generation: number;
  /** The broker that keeps the group's offsets. */
  readonly coordinator: number;
}

/** Writes messages, and how far the group is with the partition that they come from: both, or neither. */
export interface TransactionalWriter {
  /**
   * Takes the name over from whoever had it: what that one had begun is undone, and it ends nothing any more. Afterwards the
   * group's offset of the partition is what it will stay.
   */
  claim(): Promise<void>;
  /**
   * Writes all of them, in order. One call at a time.
   * @throws what the client does, also where another one has the name, or the group has gone on: all was written, or nothing. What it
   * was shows the group's offset after another {@link TransactionalWriter.claim}.
   */
  write(messages: readonly NewMessage[], position: Position): Promise<void>;
  /** Writes and undoes it. @throws what the client does, where they would not be taken. */
  attempt(messages: readonly NewMessage[]): Promise<void>;
  close(): Promise<void>;
}

/** A next hop whose brokers keep the group's offsets, too. */
export interface TransactionalHop {
  readonly connection: KafkaConnection;
  /** Of what is written at once. */
  readonly bytesMax: number;
}

/** What a writer is opened with. */
export interface TransactionalSettings extends TransactionalHop {
  /** The same for all that may write for this partition (Kafka's `transactional.id`). */
  readonly name: string;
  readonly membership: () => Promise<Membership>;
}

/** The brokers still write the end of one transaction when the next one begins, and ask to come again: for some milliseconds, or seconds
 * where the topic that keeps transactions is made by the first one. */
const RETRIES = 20;
const RETRY_DELAY_MS = 25;
const RETRY_DELAY_MS_MAX = 250;
/** As of one that has had no producer yet: the brokers give one, and shut out the one before (KIP-98; KIP-360 has the numbers). */
const NO_PRODUCER = { producerId: -1n, producerEpoch: -1 };

/** A producer whose transactions have this name. After a failure it begins anew. */
export function createTransactionalWriter(settings: TransactionalSettings): TransactionalWriter {
  const { connection, name, bytesMax, membership } = settings;
  const create = () =>
    new Producer({
      ...clientOptions(connection),
      retries: RETRIES,
      retryDelay: (_client, _operation, attempt) => Math.min(RETRY_DELAY_MS * attempt, RETRY_DELAY_MS_MAX),
      idempotent: true,
      transactionalId: name,
      autocreateTopics: true,
      repeatOnStaleMetadata: true,
    });
  type Transaction = Awaited<ReturnType<ReturnType<typeof create>["beginTransaction"]>>;
  let producer: ReturnType<typeof create> | undefined;
  /** Begun, and nothing in it: the client claims a name by beginning. */
  let empty: Transaction | undefined;

  const drop = async () => {
    const old = producer;
    producer = undefined;
    empty = undefined;
    await old?.close().catch(() => undefined);
  };
  const begin = async () => {
    const begun = empty;
    empty = undefined;
    producer ??= create();
    return begun ?? producer.beginTransaction(NO_PRODUCER);
  };
  const within = async (work: (transaction: Transaction) => Promise<void>) => {
    try {
      const transaction = await begin();
      await work(transaction);
    } catch (error) {
      await drop();
      throw error;
    }
  };
  const send = async (transaction: Transaction, messages: readonly NewMessage[]) => {
    for (const batch of toBatches(messages, bytesMax))
      await transaction.send({ messages: batch.map(toProduced), acks: ProduceAcks.ALL });
  };
  return {
    async claim() {
      await drop();
      await within(async (transaction) => {
        empty = transaction;
      });
    },
    write: (messages, position) =>
      within(async (transaction) => {
        await send(transaction, messages);
        const member = await membership();
        await transaction.addConsumer(member.consumer);
        await transaction.addOffset(lastBefore(position, member));
        await transaction.commit();
      }),
    attempt: (messages) =>
      within(async (transaction) => {
        await send(transaction, messages);
        await transaction.abort();
      }),
    close: drop,
  };
}

const NOTHING = Buffer.alloc(0);

/** The message before a position, as far as the client looks at it when it takes its offset. */
function lastBefore({ topic, partition, offset }: Position, member: Membership): Message {
  const { memberId, generation: generationId, coordinator: coordinatorId } = member;
  const consumer = { groupId: member.consumer.groupId, memberId, generationId, coordinatorId };
  return {
    topic,
    partition,
    offset: offset - 1n,
    key: NOTHING,
    value: NOTHING,
    timestamp: 0n,
    headers: new Map(),
    headerEntries: [],
    leaderEpoch: -1,
    metadata: { consumer },
    commit: () => undefined,
    toJSON: () => ({
      topic,
      partition,
      offset: String(offset - 1n),
      key: NOTHING,
      value: NOTHING,
      timestamp: "0",
      headers: [],
      leaderEpoch: -1,
      metadata: {},
    }),
  };
}
