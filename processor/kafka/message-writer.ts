import { ProduceAcks, Producer } from "@platformatic/kafka";
import { clientOptions, type KafkaConnection } from "./connection.ts";

/** A message to be written. */
export interface NewMessage {
  readonly topic: string;
  /** Messages of one key go to one partition; undefined: to any. */
  readonly key: Buffer | undefined;
  readonly value: Buffer | undefined;
  readonly headers?: ReadonlyMap<string, string>;
}

/** Writes messages. */
export interface MessageWriter {
  /**
   * Writes all of them, in order, acknowledged by all replicas that are in sync. What is asked for meanwhile must wait: two
   * writes at once could come in the other order.
   * @throws what the client does: some of them may have been written
   */
  write(messages: readonly NewMessage[]): Promise<void>;
  close(): Promise<void>;
}

/** An idempotent producer: what the client tries again, because an answer was lost, is not written twice. */
export function createMessageWriter(connection: KafkaConnection): MessageWriter {
  const create = () =>
    new Producer({
      ...clientOptions(connection),
      idempotent: true,
      autocreateTopics: true,
      repeatOnStaleMetadata: true,
    });
  let producer: ReturnType<typeof create> | undefined;
  const drop = async () => {
    const old = producer;
    producer = undefined;
    await old?.close().catch(() => undefined);
  };
  let isOld = false;
  connection.tls?.onChanged(() => {
    isOld = true;
  });
  return {
    async write(messages) {
      if (isOld) {
        isOld = false;
        await drop();
      }
      producer ??= create();
      await producer.send({ messages: messages.map(toProduced), acks: ProduceAcks.ALL });
    },
    async close() {
      await drop();
    },
  };
}

/** A message as the client takes it: without what it has not. */
export function toProduced({ topic, key, value, headers }: NewMessage) {
  return {
    topic,
    ...(key === undefined ? {} : { key }),
    ...(value === undefined ? {} : { value }),
    ...(headers === undefined ? {} : { headers: new Map([...headers].map(toBytes)) }),
  };
}

function toBytes([name, value]: readonly [string, string]): [Buffer, Buffer] {
  return [Buffer.from(name), Buffer.from(value)];
}
