import type { ForwardConfig } from "./config.ts";
import { isKafkaEndpoint } from "./kafka/kafka-endpoint.ts";

/** What one request to the next hop may have at most; without one nothing is too large. */
export function maxMessageBytes({ endpoint, max_message_bytes: bytes, kafka }: ForwardConfig): number {
  if (endpoint === "") return Number.POSITIVE_INFINITY;
  return isKafkaEndpoint(endpoint) ? Math.min(bytes, kafka.max_message_bytes) : bytes;
}
