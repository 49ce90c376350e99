import { z } from "zod";
import { brokerAddress, saslConfig, topicName } from "../../kafka/config.ts";
import { clientTlsConfig } from "../../tls/config.ts";
import { LINE_FORMATS } from "../lines/parsed-line.ts";

const KIB = 1024;
const MIB = 1024 * KIB;

const topic = z.strictObject({
  name: topicName,
  encoding: z.enum(["otlp_proto", "otlp_json", "raw"]).default("otlp_proto"),
  service: z.string().max(128).default(""),
  format: z.enum(LINE_FORMATS).default("auto"),
});
export type KafkaTopicConfig = z.infer<typeof topic>;

/** Reading from Kafka. */
export const kafkaConfig = z
  .strictObject({
    brokers: z
      .array(brokerAddress)
      .max(100)
      .default([])
      .describe(
        "host:port of some brokers, from which the others are learned; [] reads from none (docs/kafka.md).",
      ),
    topics: z
      .array(topic)
      .max(100)
      .default([])
      .describe(
        "What is read: `{ name, encoding }`, the encoding `otlp_proto` (by default), `otlp_json` or `raw` for text. For raw also `service`, of records that name none (by default the topic's name), and `format` as of `logbert tail` (by default auto).",
      ),
    group_id: z
      .string()
      .min(1)
      .max(249)
      .default("logbert")
      .describe("Consumer group: its members share the partitions of the topics."),
    initial_offset: z
      .enum(["earliest", "latest"])
      .default("earliest")
      .describe("Where a group begins that has read nothing of a partition yet."),
    delivery: z
      .enum(["at_least_once", "exactly_once"])
      .default("at_least_once")
      .describe(
        "`exactly_once`: what came of messages and the group's offset behind them are one transaction, where the next hop is a topic of the same brokers (docs/kafka.md).",
      ),
    session_timeout_ms: z
      .int()
      .min(1_000)
      .max(1_800_000)
      .default(10_000)
      .describe(
        "A member that is silent for so long has gone, and others take over its partitions; within the brokers' group.min.session.timeout.ms (6 s by default) and their max.",
      ),
    fetch_max_bytes: z
      .int()
      .min(1_024)
      .max(64 * MIB)
      .default(MIB)
      .describe(
        "Read of one partition at a time; twice as much of each may wait in memory, within half of receive.max_in_flight_bytes.",
      ),
    max_batch_messages: z
      .int()
      .min(1)
      .max(10_000)
      .default(100)
      .describe("Messages of one partition in flight at a time; all of them are taken before the next ones."),
    max_batch_bytes: z
      .int()
      .min(1_024)
      .max(64 * MIB)
      .default(128 * KIB)
      .describe("Their bytes; a single message may be larger, up to receive.max_request_bytes."),
    dead_letter_topic: z
      .string()
      .refine((name) => name === "" || topicName.safeParse(name).success, "is no name of a topic")
      .default("")
      .describe(
        'Where messages go that cannot be read or are refused for good, as they were, with headers that say why; "": they are counted, told in the log and left out.',
      ),
    request_timeout_ms: z
      .int()
      .min(1_000)
      .max(600_000)
      .default(30_000)
      .describe("For one request to a broker."),
    tls: clientTlsConfig("TLS towards the brokers.").prefault({}),
    sasl: saslConfig.prefault({}),
  })
  .superRefine(({ brokers, topics, dead_letter_topic: deadLetters }, context) => {
    const problem = (path: (string | number)[], message: string) =>
      context.addIssue({ code: "custom", path, message });
    if (brokers.length > 0 && topics.length === 0) problem(["topics"], "must name a topic, with brokers");
    if (brokers.length === 0 && topics.length > 0) problem(["brokers"], "must name a broker, with topics");
    for (const [index, { name }] of topics.entries()) {
      if (topics.slice(0, index).some((one) => one.name === name))
        problem(["topics", index, "name"], `${name} is named before`);
      if (name === deadLetters)
        problem(["dead_letter_topic"], "is one of topics: what is put there would be read again, for ever");
    }
  });
export type KafkaConfig = z.infer<typeof kafkaConfig>;
