import type { KafkaConnection } from "../../kafka/connection.ts";
import type { ClientTls } from "../../tls/client-tls.ts";
import type { ForwardConfig } from "../config.ts";

/**
 * How the brokers of the next hop are reached.
 * @param tls undefined without TLS
 */
export function kafkaConnectionOf(
  config: ForwardConfig,
  brokers: readonly string[],
  tls: ClientTls | undefined,
): KafkaConnection {
  return { brokers, tls, sasl: config.kafka.sasl, timeoutMs: config.timeout_ms };
}
