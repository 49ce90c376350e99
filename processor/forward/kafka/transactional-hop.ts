import type { TransactionalHop } from "../../kafka/transactional-writer.ts";
import { openClientTls, type Warn } from "../../tls/client-tls.ts";
import type { ForwardConfig } from "../config.ts";
import { maxMessageBytes } from "../max-message-bytes.ts";
import { kafkaConnectionOf } from "./kafka-connection.ts";
import { kafkaEndpointOf } from "./kafka-endpoint.ts";

/** The next hop as one whose brokers keep offsets, too; undefined where it is no topic. Throws a TlsFileError. */
export function transactionalHopOf(config: ForwardConfig, warn: Warn): TransactionalHop | undefined {
  const kafka = kafkaEndpointOf(config.endpoint);
  if (kafka === undefined) return undefined;
  const tls = config.tls.enabled ? openClientTls(config.tls, warn) : undefined;
  return { connection: kafkaConnectionOf(config, kafka.brokers, tls), bytesMax: maxMessageBytes(config) };
}
