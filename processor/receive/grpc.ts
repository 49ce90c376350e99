import {
  status as Code,
  Metadata,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type sendUnaryData,
} from "@grpc/grpc-js";
import { HealthImplementation } from "grpc-health-check";
import { encodeResponse } from "../wire/export-response.ts";
import { encodeStatus } from "../wire/rpc-status.ts";
import { internalAnswer } from "./answer.ts";
import type { ReceiveConfig } from "./config.ts";
import { ListenError, type Receiver } from "./consume.ts";
import { type HandlePorts, handle } from "./handle.ts";

const SERVICE = "opentelemetry.proto.collector.logs.v1.LogsService";

/** One method, whose messages are passed on as the bytes that they are. */
const LOGS_SERVICE = {
  Export: {
    path: `/${SERVICE}/Export`,
    requestStream: false,
    responseStream: false,
    requestSerialize: (bytes: Buffer) => bytes,
    requestDeserialize: (bytes: Buffer) => bytes,
    responseSerialize: (bytes: Buffer) => bytes,
    responseDeserialize: (bytes: Buffer) => bytes,
  },
} as const;

/** OTLP/gRPC with gzip and deflate (what grpc-js has) and gRPC health checking. Rejects with a {@link ListenError}. */
export async function startGrpcReceiver(config: ReceiveConfig, ports: HandlePorts): Promise<Receiver> {
  const server = new Server({
    "grpc.max_receive_message_length": config.max_request_bytes,
    "grpc.max_connection_age_ms": config.max_connection_age_ms,
    "grpc.max_connection_age_grace_ms": config.drain_timeout_ms,
  });
  const health = new HealthImplementation({ "": "SERVING", [SERVICE]: "SERVING" });
  health.addToServer(server);
  server.addService(LOGS_SERVICE, {
    Export: (call: ServerUnaryCall<Buffer, Buffer>, callback: sendUnaryData<Buffer>) => {
      answerCall(call, callback, ports).catch((error: unknown) => {
        ports.onError(error);
        callback({ code: Code.UNAVAILABLE, details: internalAnswer().status.message });
      });
    },
  });
  const { endpoint } = config.grpc;
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(endpoint, ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(new ListenError("receive.grpc.endpoint", endpoint, error));
    });
  });
  return {
    address: endpoint.replace(/:\d+$/, `:${port}`),
    stop: () => drain(server, health, config.drain_timeout_ms),
  };
}

async function answerCall(
  call: ServerUnaryCall<Buffer, Buffer>,
  callback: sendUnaryData<Buffer>,
  ports: HandlePorts,
): Promise<void> {
  const abort = new AbortController();
  call.once("cancelled", () => abort.abort(new Error("the sender cancelled the call")));
  const answer = await handle({ bytes: call.request, transport: "grpc", signal: abort.signal }, ports);
  if (answer.kind === "ok") return callback(null, Buffer.from(encodeResponse(answer.result)));
  const { code, message } = answer.status;
  const metadata = new Metadata();
  metadata.set("grpc-status-details-bin", Buffer.from(encodeStatus(answer.status)));
  callback({ code, details: message, metadata });
}

function drain(server: Server, health: HealthImplementation, timeoutMs: number): Promise<void> {
  health.setStatus("", "NOT_SERVING");
  health.setStatus(SERVICE, "NOT_SERVING");
  return new Promise((resolve) => {
    const force = setTimeout(() => server.forceShutdown(), timeoutMs);
    server.tryShutdown(() => {
      clearTimeout(force);
      resolve();
    });
  });
}
