import { Client, credentials, Metadata, type ServiceError } from "@grpc/grpc-js";
import { ProtobufLogsSerializer } from "@opentelemetry/otlp-transformer";
import type { ReadableLogRecord } from "@opentelemetry/sdk-logs";
import type { ChannelOf } from "./config.ts";
import { grpcRetryAfterMs } from "./grpc-retry-after.ts";
import type { Outcome } from "./outcome.ts";
import { SEND_MS_MAX } from "./post.ts";

/** Sends single records over OTLP/gRPC. */
export interface OtlpClient {
  export(record: ReadableLogRecord): Promise<Outcome>;
  close(): void;
}

const EXPORT = "/opentelemetry.proto.collector.logs.v1.LogsService/Export";
/** The gRPC status code that says that the message itself is wrong (grpc.io/docs/guides/status-codes). */
const INVALID_ARGUMENT = 3;

/** A client of one endpoint; it connects when it has something to send. */
export function openOtlpClient({
  endpoint,
  headers,
}: Pick<ChannelOf<"otlp">, "endpoint" | "headers">): OtlpClient {
  const { protocol, hostname, port } = new URL(endpoint);
  const isSecure = protocol === "https:";
  const address = `${hostname}:${port === "" ? (isSecure ? "443" : "80") : port}`;
  const client = new Client(address, isSecure ? credentials.createSsl() : credentials.createInsecure());
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
  return {
    export: (record) =>
      new Promise((resolve) => {
        const options = { deadline: Date.now() + SEND_MS_MAX };
        client.makeUnaryRequest(EXPORT, serialize, asIs, [record], metadata, options, (error, answer) =>
          resolve(error === null ? toOutcome(answer) : toFailure(error, Date.now())),
        );
      }),
    close: () => client.close(),
  };
}

function serialize(records: ReadableLogRecord[]): Buffer {
  return Buffer.from(ProtobufLogsSerializer.serializeRequest(records) ?? []);
}

function asIs(bytes: Buffer): Buffer {
  return bytes;
}

/** OK may still mean that the record was rejected: partial success, which is not to be sent again (OTLP specification, "Partial Success"). */
function toOutcome(answer: Buffer = Buffer.alloc(0)): Outcome {
  return rejectedIn(answer) > 0
    ? { kind: "refused", reason: "the record was rejected (partial success)" }
    : { kind: "sent" };
}

/** 0 as well for an answer that cannot be read: its status says enough. */
function rejectedIn(answer: Buffer): number {
  try {
    return ProtobufLogsSerializer.deserializeResponse(answer).partialSuccess?.rejectedLogRecords ?? 0;
  } catch {
    return 0;
  }
}

/** Its code is the reason, and nothing else that an error says: that may hold what was sent to authorize. */
function toFailure({ code, metadata }: ServiceError, nowMs: number): Outcome {
  return code === INVALID_ARGUMENT
    ? { kind: "refused", reason: `gRPC status ${code} (INVALID_ARGUMENT)` }
    : { kind: "retry", afterMs: grpcRetryAfterMs(metadata, nowMs), reason: `gRPC status ${code}` };
}
