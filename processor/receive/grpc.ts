import { createServer, type IncomingHttpHeaders, type ServerHttp2Stream } from "node:http2";
import { Scoring } from "../../proto/gen/logbert/v1/scoring_pb.js";
import { SESSION_MEMORY_MB_MAX, STREAM_WINDOW_BYTES } from "../grpc/http2-options.ts";
import { StatusCode } from "../grpc/status-code.ts";
import type { ReceiveConfig } from "./config.ts";
import type { Receiver } from "./consume.ts";
import { serveExport } from "./export-call.ts";
import { replyHttp, replyStatus } from "./grpc-reply.ts";
import type { HandlePorts } from "./handle.ts";
import { createHealth, type Health } from "./health.ts";
import { listen } from "./listen.ts";
import { createServices } from "./services/create-services.ts";
import type { ScoringPorts } from "./services/scoring-service.ts";
import { createSessions } from "./sessions.ts";

const SERVICE = "opentelemetry.proto.collector.logs.v1.LogsService";
const IS_GRPC = /^application\/grpc(\+proto)?\s*(;|$)/i;
/** Calls at a time on one connection; a sender with more waits by itself, as HTTP/2 has it. */
const STREAMS_MAX = 1_000;
/** Calls on a connection that is renewed may take as long as the next hop takes. */
const AGE_GRACE_MS = 30_000;

/** Serves one method of gRPC. */
type Serve = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void;

/**
 * OTLP/gRPC with gzip and deflate, gRPC health checking, scoring on demand and reflection, on Node's own HTTP/2
 * (docs/decisions/0014). Messages of OTLP stay the bytes that they are. Rejects with a ListenError.
 */
export async function startGrpcReceiver(
  config: ReceiveConfig,
  ports: HandlePorts & ScoringPorts,
): Promise<Receiver> {
  const server = createServer({
    settings: { initialWindowSize: STREAM_WINDOW_BYTES, maxConcurrentStreams: STREAMS_MAX },
    maxSessionMemory: SESSION_MEMORY_MB_MAX,
  });
  const health = createHealth([SERVICE, Scoring.typeName]);
  const services = createServices(ports);
  const sessions = createSessions(server, {
    ageMsMax: config.max_connection_age_ms,
    ageGraceMs: Math.max(AGE_GRACE_MS, config.drain_timeout_ms),
    graceMs: config.drain_timeout_ms,
  });
  const methods: ReadonlyMap<unknown, Serve> = new Map([
    [
      `/${SERVICE}/Export`,
      (stream, headers) => serveExport(stream, headers, config.max_request_bytes, ports),
    ],
    ...methodsOf(health),
    ...services.methods,
  ]);
  server.on("stream", (stream, headers) => {
    // Of a call that breaks off there is nobody to tell; what waited for it hears of its close.
    stream.on("error", () => undefined);
    const refusal = refusalOfHead(headers);
    if (refusal === undefined) serve(stream, headers, methods);
    else replyHttp(stream, refusal);
  });
  const address = await listen(server, config.grpc.endpoint, "receive.grpc.endpoint");
  server.on("error", ports.onError);
  return {
    address,
    stop() {
      health.stop();
      services.stop();
      sessions.drain();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function methodsOf({ check, watch }: Health): readonly (readonly [path: string, serve: Serve])[] {
  return [
    ["/grpc.health.v1.Health/Check", check],
    ["/grpc.health.v1.Health/Watch", watch],
  ];
}

/** The HTTP status of what is no gRPC call. */
function refusalOfHead(headers: IncomingHttpHeaders): number | undefined {
  if (headers[":method"] !== "POST") return 405;
  return IS_GRPC.test(headers["content-type"] ?? "") ? undefined : 415;
}

function serve(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  methods: ReadonlyMap<unknown, Serve>,
): void {
  const method = methods.get(headers[":path"]);
  if (method === undefined) {
    const message = `The server does not implement the method ${headers[":path"]}`;
    replyStatus(stream, { code: StatusCode.UNIMPLEMENTED, message });
  } else method(stream, headers);
}
