import { setTimeout as delay } from "node:timers/promises";
import { Admin, ProduceAcks, Producer } from "@platformatic/kafka";
import { numberedRequest } from "../faults/numbered-requests.ts";
import { committedOffsets } from "./group-offsets.ts";

/** Numbered records that go into a topic, stream by stream. */
export interface Load {
  /** Ends it when what is under way is acknowledged; how many records each stream has. */
  stop(): Promise<ReadonlyMap<string, number>>;
}

/** What is sent. */
export interface LoadOptions {
  readonly streams: number;
  readonly recordsEach: number;
  /** The one that reads the topic. */
  readonly group: string;
  /** Tries of the client, by which nothing is written twice; what fails for good is sent again. */
  readonly retries?: number;
}

const PAUSE_MS = 10;
const RETRY_MS = 100;
/** So many messages it gets ahead of the group: there is always something to do, and no more than a slow machine can do. */
const AHEAD_MAX = 1_000;

/**
 * Sends a message of each stream in turn, keyed by the stream, until it is stopped.
 * @param addresses host:port of brokers, with commas between them
 */
export function startLoad(
  addresses: string,
  topic: string,
  { streams, recordsEach, group, retries = 1_000 }: LoadOptions,
): Load {
  const bootstrapBrokers = addresses.split(",");
  const producer = new Producer({
    clientId: "load",
    bootstrapBrokers,
    idempotent: true,
    autocreateTopics: true,
    retries,
    retryDelay: RETRY_MS,
  });
  const admin = new Admin({ clientId: "load", bootstrapBrokers, retries: 0 });
  const sent = new Map(Array.from({ length: streams }, (_, i): [string, number] => [`stream-${i}`, 0]));
  let isStopped = false;
  let sentMessages = 0;
  let readMessages = 0;
  const isFarAhead = async () => {
    if (sentMessages - readMessages < AHEAD_MAX) return false;
    // While nobody can say how far the group is, it is where it was.
    const committed = await committedOffsets(admin, group, topic).catch(() => new Map<number, bigint>());
    const total = [...committed.values()].reduce((sum, offset) => sum + Number(offset), 0);
    readMessages = Math.max(readMessages, total);
    return sentMessages - readMessages >= AHEAD_MAX;
  };
  const send = async (): Promise<boolean> => {
    const messages = [...sent].map(([stream, from]) => ({
      topic,
      key: Buffer.from(stream),
      value: Buffer.from(numberedRequest(stream, from, recordsEach)),
    }));
    const isSent = await producer.send({ messages, acks: ProduceAcks.ALL }).then(
      () => true,
      () => false,
    );
    if (!isSent) return false;
    sentMessages += messages.length;
    for (const [stream, from] of sent) sent.set(stream, from + recordsEach);
    return true;
  };
  const run = async () => {
    while (!isStopped) {
      const isSent = !(await isFarAhead()) && (await send());
      await delay(isSent ? PAUSE_MS : RETRY_MS);
    }
    await Promise.all([producer.close(), admin.close()]);
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
