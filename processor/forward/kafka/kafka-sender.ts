import { kafkaProblemOf } from "../../kafka/kafka-problem.ts";
import type { MessageWriter, NewMessage } from "../../kafka/message-writer.ts";
import { toBatches } from "../../kafka/to-batches.ts";
import type { ClientTls } from "../../tls/client-tls.ts";
import type { ForwardConfig } from "../config.ts";
import type { ForwardOutcome } from "../forward-outcome.ts";
import { maxMessageBytes } from "../max-message-bytes.ts";
import { outcomeOfSilence } from "../outcome.ts";
import type { Sender } from "../sender.ts";
import { kafkaConnectionOf } from "./kafka-connection.ts";
import type { KafkaEndpoint } from "./kafka-endpoint.ts";
import { outcomeOfKafka } from "./outcome-of-kafka.ts";
import { toMessages } from "./to-messages.ts";

/** A request that waits for its turn. */
interface Waiting {
  readonly messages: readonly NewMessage[];
  readonly bytes: number;
  /** Its sender has gone. */
  readonly isGone: () => boolean;
  readonly answer: (outcome: ForwardOutcome) => void;
}

const ACCEPTED: ForwardOutcome = { kind: "accepted", rejectedRecords: 0, message: "" };

/**
 * Writes requests into a topic. One write at a time, so that the order stays: what comes meanwhile waits, and is written
 * together. Each message stays a message of its own. What comes with an outbox is put there instead: whoever has the outbox writes it.
 */
export function createKafkaSender(
  config: ForwardConfig,
  { brokers, topic }: KafkaEndpoint,
  tls: ClientTls,
): Sender {
  const bytesMax = maxMessageBytes(config);
  const queue: Waiting[] = [];
  let writer: Promise<MessageWriter> | undefined;
  let writing: Promise<void> | undefined;

  const open = async () => {
    const { createMessageWriter } = await import("../../kafka/message-writer.ts");
    return createMessageWriter(kafkaConnectionOf(config, brokers, config.tls.enabled ? tls : undefined));
  };
  const write = async (requests: readonly Waiting[]): Promise<ForwardOutcome> => {
    try {
      writer ??= open();
      const messages = requests.flatMap((one) => one.messages);
      for (const batch of toBatches(messages, bytesMax)) await (await writer).write(batch);
      return ACCEPTED;
    } catch (error) {
      return outcomeOfKafka(kafkaProblemOf(error));
    }
  };
  const writeNext = async () => {
    const requests = take(queue, bytesMax).filter(({ isGone }) => !isGone());
    if (requests.length === 0) return;
    const outcome = await write(requests);
    // One that is refused must not take the others with it: each is written alone.
    const isOfEach = outcome.kind !== "refused" || requests.length === 1;
    for (const one of requests) one.answer(isOfEach ? outcome : await write([one]));
  };
  const run = () => {
    writing ??= writeNext().finally(() => {
      writing = undefined;
      if (queue.length > 0) run();
    });
  };

  return {
    send(body, signal, metadata) {
      const messages = toMessages(body, topic, metadata?.messageKey);
      // All parts of a request or none: also of a sender that has left, who has the outbox, and leaves it unwritten.
      if (metadata?.outbox !== undefined) {
        metadata.outbox.add(messages);
        return Promise.resolve(ACCEPTED);
      }
      if (signal.aborted) return Promise.resolve(outcomeOfSilence(signal.reason));
      const { promise, resolve } = Promise.withResolvers<ForwardOutcome>();
      const leave = () => resolve(outcomeOfSilence(signal.reason));
      signal.addEventListener("abort", leave, { once: true });
      queue.push({ messages, bytes: body.length, isGone: () => signal.aborted, answer: resolve });
      run();
      return promise.finally(() => signal.removeEventListener("abort", leave));
    },
    async close() {
      tls.stop();
      await writing;
      await (await writer)?.close();
    },
  };
}

/** The first that waits, and those behind it that go on in about the same batch. */
function take(queue: Waiting[], bytesMax: number): readonly Waiting[] {
  let count = 0;
  let bytes = 0;
  for (const one of queue) {
    bytes += one.bytes;
    if (count > 0 && bytes > bytesMax) break;
    count += 1;
  }
  return queue.splice(0, count);
}
