import {
  type API,
  addPartitionsToTxnV3,
  type Callback,
  type Consumer,
  kGetApi,
  type Message,
  ProduceAcks,
  Producer,
} from "@platformatic/kafka";
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

/** Writes messages, and how far the group is with the partition that they come from: both, or neither. One call at a time. */
export interface TransactionalWriter {
  /** False where nothing was claimed yet, and after what has failed. */
  readonly isClaimed: () => boolean;
  /**
   * Takes the name over from whoever had it: what that one had begun is undone, and it ends nothing any more. Afterwards the
   * group's offset of the partition is what it will stay.
   */
  claim(): Promise<void>;
  /**
   * Writes all of them, in order.
   * @throws what the client does, also where nothing is claimed, another one has the name, or the group has gone on: all was
   * written, or nothing. What it was shows the group's offset after another {@link TransactionalWriter.claim}.
   */
  write(messages: readonly NewMessage[], position: Position): Promise<void>;
  /** Lets go of it, in the middle of whatever it does; waits for nobody. */
  close(): void;
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

/**
 * The client takes the newest form of a request that the brokers have. Of this one, those after the third are for brokers
 * among themselves (KIP-890): where there are ACLs, they need the rights of one.
 */
class TransactionalProducer extends Producer {
  override [kGetApi]<Arguments extends unknown[], Response>(
    name: string,
    callback: Callback<API<Arguments, Response>>,
  ): void {
    if (name === "AddPartitionsToTxn") callback(null, addPartitionsToTxnV3.api as never);
    else super[kGetApi](name, callback);
  }
}

/** A producer whose transactions have this name. After a failure it begins anew. */
export function createTransactionalWriter(settings: TransactionalSettings): TransactionalWriter {
  const { connection, name, bytesMax, membership } = settings;
  const create = () =>
    new TransactionalProducer({
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

  const drop = () => {
    const old = producer;
    producer = undefined;
    empty = undefined;
    // It may wait for a broker that takes nothing more.
    void old?.close().catch(() => undefined);
  };
  const orDrop = async (work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      drop();
      throw error;
    }
  };
  const begin = async (): Promise<Transaction> => {
    if (producer === undefined) throw new Error("another one may write meanwhile: it was not claimed");
    const begun = empty ?? (await producer.beginTransaction());
    empty = undefined;
    return begun;
  };
  return {
    isClaimed: () => producer !== undefined,
    async claim() {
      drop();
      await orDrop(async () => {
        const claiming = create();
        producer = claiming;
        const begun = await claiming.beginTransaction(NO_PRODUCER);
        if (producer === claiming) empty = begun;
      });
    },
    write: (messages, position) =>
      orDrop(async () => {
        const transaction = await begin();
        for (const batch of toBatches(messages, bytesMax))
          await transaction.send({ messages: batch.map(toProduced), acks: ProduceAcks.ALL });
        const member = await membership();
        await transaction.addConsumer(member.consumer);
        await transaction.addOffset(lastBefore(position, member));
        await transaction.commit();
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
