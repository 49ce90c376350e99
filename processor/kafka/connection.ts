import type { BaseOptions } from "@platformatic/kafka";
import type { ClientTls } from "../tls/client-tls.ts";
import type { SaslConfig } from "./config.ts";

/** How brokers are reached. */
export interface KafkaConnection {
  /** host:port of those that are asked first. */
  readonly brokers: readonly string[];
  /** Undefined without TLS. */
  readonly tls: ClientTls | undefined;
  readonly sasl: SaslConfig;
  /** For one request to a broker; a connection has at most five seconds of it. */
  readonly timeoutMs: number;
}

/** How the brokers' own logs and quotas call us. */
const CLIENT_ID = "logbert";
const CONNECT_MS_MAX = 5_000;
/** Tries of one request before its failure is told: what is longer than a moment is waited for where it is seen. */
const RETRIES = 2;
const RETRY_DELAY_MS = 250;

/** The client's options, with TLS as its files are now. */
export function clientOptions({ brokers, tls, sasl, timeoutMs }: KafkaConnection): BaseOptions {
  const { mechanism, username, password } = sasl;
  return {
    clientId: CLIENT_ID,
    bootstrapBrokers: [...brokers],
    connectTimeout: Math.min(CONNECT_MS_MAX, timeoutMs),
    requestTimeout: timeoutMs,
    timeout: timeoutMs,
    retries: RETRIES,
    retryDelay: RETRY_DELAY_MS,
    ...(tls === undefined ? {} : { tls: tls.options() }),
    ...(mechanism === "none" ? {} : { sasl: { mechanism, username, password } }),
  };
}
