import { brokerAddress, topicName } from "../../kafka/config.ts";

/** A topic of Kafka as a next hop. */
export interface KafkaEndpoint {
  /** host:port of those that are asked first; the others are learned from them. */
  readonly brokers: readonly string[];
  readonly topic: string;
}

/** Whether a next hop is a topic of Kafka, written as it must be. */
export function isKafkaEndpoint(endpoint: string): boolean {
  return kafkaEndpointOf(endpoint) !== undefined;
}

/**
 * Reads `kafka://host:port[,host:port…]/topic`; undefined for what is no such endpoint.
 *
 * Example: "kafka://k1:9092,k2:9092/logs" is the topic logs of the brokers k1:9092 and k2:9092.
 */
export function kafkaEndpointOf(endpoint: string): KafkaEndpoint | undefined {
  const [, addresses, topic] = /^kafka:\/\/([^/]+)\/([^/]+)$/.exec(endpoint) ?? [];
  if (addresses === undefined || topic === undefined) return undefined;
  const brokers = addresses.split(",");
  const isGood =
    brokers.every((one) => brokerAddress.safeParse(one).success) && topicName.safeParse(topic).success;
  return isGood ? { brokers, topic } : undefined;
}
