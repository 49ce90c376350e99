import { setTimeout as delay } from "node:timers/promises";
import { ProduceAcks, Producer } from "@platformatic/kafka";
import { numberedRequest } from "../faults/numbered-requests.ts";

/** Numbered records that go into a topic, stream by stream. */
export interface Load {
  /** Ends it when what is under way is acknowledged; how many records each stream has. */
  stop(): Promise<ReadonlyMap<string, number>>;
}

const PAUSE_MS = 10;

/** Sends a message of each stream in turn, keyed by the stream, until it is stopped. */
export function startLoad(
  address: string,
  topic: string,
  { streams, recordsEach }: { readonly streams: number; readonly recordsEach: number },
): Load {
  const producer = new Producer({
    clientId: "load",
    bootstrapBrokers: [address],
    idempotent: true,
    autocreateTopics: true,
    retries: 1_000,
    retryDelay: 100,
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
      await producer.send({ messages, acks: ProduceAcks.ALL });
      for (const [stream, from] of sent) sent.set(stream, from + recordsEach);
      await delay(PAUSE_MS);
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
