import { kafkaProblemOf } from "../../kafka/kafka-problem.ts";
import type { TransactionalHop } from "../../kafka/transactional-writer.ts";
import { openClientTls } from "../../tls/client-tls.ts";
import type { ReceiveConfig } from "../config.ts";
import type { HandlePorts } from "../handle.ts";
import type { OpenWriter } from "./claims.ts";
import type { KafkaTopicConfig } from "./config.ts";
import { createDeadLetters } from "./dead-letters.ts";
import { type DeliveryPorts, deliver } from "./deliver.ts";
import { deliverOnce, type OncePorts } from "./deliver-once.ts";
import { pause, pauseMs } from "./pauses.ts";
import { atMost, type ServePorts, serveGroup } from "./serve-group.ts";

/** What reads from Kafka. */
export interface KafkaReceiver {
  /** Whether it is a member of its group, and could read lately. */
  readonly isReachable: () => boolean;
  /** Stops reading, finishes what is in flight, commits, leaves the group; what takes longer than `drain_timeout_ms` is let go of. */
  stop(): Promise<void>;
}

/** So many failures of reading in a row are no moment any more. */
const FAILURES_MAX = 5;
/** For a group to be left, and for a client that hangs to be closed. */
const LEAVE_MS_MAX = 2_000;

/**
 * Reads topics as a member of a consumer group, for ever: whatever breaks, it joins again after a pause. Throws a TlsFileError.
 * @param keepsKeys whether the next hop is told the keys of messages
 * @param nextHop where offsets go with what came of the messages; undefined: they are committed after it
 */
export function startKafkaReceiver(
  config: ReceiveConfig,
  keepsKeys: boolean,
  nextHop: TransactionalHop | undefined,
  ports: HandlePorts,
): KafkaReceiver {
  const { kafka } = config;
  const { warn } = ports;
  const tls = kafka.tls.enabled ? openClientTls(kafka.tls, warn, "receive.kafka.tls") : undefined;
  const connection = { brokers: kafka.brokers, tls, sasl: kafka.sasl, timeoutMs: kafka.request_timeout_ms };
  const deadLetters = createDeadLetters(kafka.dead_letter_topic, async () =>
    (await import("../../kafka/message-writer.ts")).createMessageWriter(connection),
  );
  let isReachable = false;
  let failures = 0;
  const serving: ServePorts = {
    config: kafka,
    admission: ports.admission,
    deliver: createDelivery(config, { handling: ports, keepsKeys, putAside: deadLetters.put }),
    openWriter: nextHop === undefined ? undefined : opensWriters(kafka.group_id, nextHop),
    pause,
    warn,
    onRead() {
      isReachable = true;
      failures = 0;
    },
    onFailed: (cause) => warn({ reason: kafkaProblemOf(cause).text }, "Kafka could not be read from"),
    failuresMax: FAILURES_MAX,
    drainTimeoutMs: config.drain_timeout_ms,
    leaveTimeoutMs: LEAVE_MS_MAX,
    join: async (events) =>
      (await import("../../kafka/group-member.ts")).joinGroup(
        {
          connection,
          groupId: kafka.group_id,
          topics: kafka.topics.map(({ name }) => name),
          sessionTimeoutMs: kafka.session_timeout_ms,
          fetchBytesMax: kafka.fetch_max_bytes,
        },
        {
          ...events,
          onGrown: () => renewal.abort(),
          onAway: (topic, cause) =>
            warn(
              { topic, reason: kafkaProblemOf(cause).text },
              "a topic of Kafka cannot be read; the others are",
            ),
        },
      ),
  };
  const stopping = new AbortController();
  let renewal = new AbortController();
  for (const one of [tls, nextHop?.connection.tls]) one?.onChanged(() => renewal.abort());
  const run = async () => {
    while (!stopping.signal.aborted) {
      renewal = new AbortController();
      try {
        await serveGroup(serving, stopping.signal, renewal.signal);
      } catch (error) {
        isReachable = false;
        failures += 1;
        warn({ reason: kafkaProblemOf(error).text }, "Kafka cannot be read from; the group is joined again");
        await pause(pauseMs(failures), stopping.signal);
      }
    }
  };
  const running = run();
  return {
    isReachable: () => isReachable,
    async stop() {
      stopping.abort();
      await running;
      tls?.stop();
      nextHop?.connection.tls?.stop();
      await atMost(LEAVE_MS_MAX, deadLetters.close());
    },
  };
}

function createDelivery(
  { kafka, max_request_bytes: bytesMax }: ReceiveConfig,
  ports: Pick<DeliveryPorts, "handling" | "keepsKeys" | "putAside">,
): ServePorts["deliver"] {
  const topics = new Map(kafka.topics.map((topic): [string, KafkaTopicConfig] => [topic.name, topic]));
  const plain: DeliveryPorts = { ...ports, topics, bytesMax };
  const once: OncePorts = { ...plain, deadLetterTopic: kafka.dead_letter_topic, pause };
  return (messages, signal, partition) =>
    partition === undefined
      ? deliver(messages, plain, signal)
      : deliverOnce(messages, once, partition, signal);
}

/** By this name the brokers know who may write for a partition; rights to it can be given by the group's name as a prefix. */
function opensWriters(groupId: string, nextHop: TransactionalHop): OpenWriter {
  return async ({ topic, partition }, membership) => {
    const { createTransactionalWriter } = await import("../../kafka/transactional-writer.ts");
    return createTransactionalWriter({ ...nextHop, name: `${groupId}/${topic}/${partition}`, membership });
  };
}
