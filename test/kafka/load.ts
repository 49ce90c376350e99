import { setTimeout as delay } from "node:timers/promises";
import { ProduceAcks, Producer } from "@platformatic/kafka";
import { numberedRequest } from "../faults/numbered-requests.ts";

/** Numbered records that go into a topic, stream by stream. */
export interface Load {
  /** Ends it when what is under way is acknowledged; how many records each stream has. */
  stop(): Promise<ReadonlyMap<string, number>>;
}

/** What is sent. */
export interface LoadOptions {
  readonly streams: number;
  readonly recordsEach: number;
  /** Tries of the client, by which nothing is written twice; what fails for good is sent again. */
  readonly retries?: number;
}

const PAUSE_MS = 10;
const RETRY_MS = 100;

/**
 * Sends a message of each stream in turn, keyed by the stream, until it is stopped.
 * @param addresses host:port of brokers, with commas between them
 */
export function startLoad(
  addresses: string,
  topic: string,
  { streams, recordsEach, retries = 1_000 }: LoadOptions,
): Load {
  const producer = new Producer({
    clientId: "load",
    bootstrapBrokers: addresses.split(","),
    idempotent: true,
    autocreateTopics: true,
    retries,
    retryDelay: RETRY_MS,
  });
  const sent = new Map(Array.from({ length: streams }, (_, i): [string, number] => [`stream-${i}`, 0]));
  let isStopped = false;
  const run = async () => {
    while (!isStopped) {
      const messages = [...sent].map(([stream, from]) => ({
        topic,
        key: Buffer.from(stream),
        value: Buffer.from(numberedRequest(stream, from, recordsEach)),
      }));
      const isSent = await producer.send({ messages, acks: ProduceAcks.ALL }).then(
        () => true,
        () => false,
      );
      await delay(isSent ? PAUSE_MS : RETRY_MS);
      if (!isSent) continue;
      for (const [stream, from] of sent) sent.set(stream, from + recordsEach);
    }
    await producer.close();
    return sent;
  };
  const running = run();
  return {
    stop() {
      isStopped = true;
      return running;
    },
  };
}
