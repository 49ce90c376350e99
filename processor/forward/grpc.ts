import { ChannelCredentials, Client, Metadata, type ServiceError } from "@grpc/grpc-js";
import { decodeResponse } from "../wire/export-response.ts";
import { decodeStatus } from "../wire/rpc-status.ts";
import type { ForwardConfig } from "./config.ts";
import type { ForwardOutcome } from "./forwarder.ts";
import { outcomeOfGrpc, outcomeOfSilence, outcomeOfSuccess } from "./outcome.ts";
import type { Target } from "./target.ts";
import type { TlsFiles } from "./tls-files.ts";

/** Sends one request that is small enough; see create-forwarder.ts for what does not fit. */
export interface Sender {
  send(body: Uint8Array, signal: AbortSignal): Promise<ForwardOutcome>;
  close(): Promise<void>;
}

const EXPORT_METHOD = "/opentelemetry.proto.collector.logs.v1.LogsService/Export";
/** With the default 64 KiB a 1,000-record request waits for several round trips. */
const FLOW_CONTROL_WINDOW_BYTES = 8 * 1024 * 1024;
/** Go servers end connections that ping more often (grpc-go: keepalive.EnforcementPolicy.MinTime). */
const KEEPALIVE_MS = 300_000;
const RESPONSE_BYTES_MAX = 4 * 1024 * 1024;

/** An OTLP/gRPC client that relays bytes as they are. */
export function createGrpcSender(config: ForwardConfig, target: Target, tls: TlsFiles): Sender {
  const credentials = target.isTls
    ? ChannelCredentials.createSsl(tls.ca ?? null, tls.key ?? null, tls.cert ?? null)
    : ChannelCredentials.createInsecure();
  const client = new Client(target.authority, credentials, {
    "grpc-node.flow_control_window": FLOW_CONTROL_WINDOW_BYTES,
    "grpc.keepalive_time_ms": KEEPALIVE_MS,
    "grpc.max_receive_message_length": RESPONSE_BYTES_MAX,
    "grpc.max_send_message_length": -1,
    "grpc.default_compression_algorithm": config.compression === "gzip" ? 2 : 0,
    "grpc.max_reconnect_backoff_ms": 5_000,
    "grpc.initial_reconnect_backoff_ms": 200,
  });
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(config.headers)) metadata.set(name.toLowerCase(), value);

  return {
    send: (body, signal) =>
      new Promise((resolve) => {
        if (signal.aborted) return resolve(outcomeOfSilence(signal.reason));
        const call = client.makeUnaryRequest(
          EXPORT_METHOD,
          (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length),
          (bytes: Buffer) => bytes,
          body,
          metadata,
          { deadline: Date.now() + config.timeout_ms },
          (error, response) => {
            signal.removeEventListener("abort", cancel);
            resolve(error === null ? accepted(response) : refused(error, config.retry_resource_exhausted));
          },
        );
        const cancel = () => call.cancel();
        signal.addEventListener("abort", cancel, { once: true });
      }),
    close: async () => client.close(),
  };
}

function accepted(response: Buffer | undefined): ForwardOutcome {
  return outcomeOfSuccess(decodeResponse(response ?? Buffer.alloc(0), false));
}

function refused(error: ServiceError, retryResourceExhausted: boolean): ForwardOutcome {
  const [details] = error.metadata?.get("grpc-status-details-bin") ?? [];
  const retryAfterMs = details instanceof Buffer ? decodeStatus(details)?.retryAfterMs : undefined;
  return outcomeOfGrpc({ code: error.code, message: error.details, retryAfterMs }, retryResourceExhausted);
}
