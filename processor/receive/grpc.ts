import {
  createSecureServer,
  createServer,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from "node:http2";
import type { TlsOptions } from "node:tls";
import { Scoring } from "../../proto/gen/logbert/v1/scoring_pb.js";
import { SESSION_MEMORY_MB_MAX, STREAM_WINDOW_BYTES } from "../grpc/http2-options.ts";
import { StatusCode } from "../grpc/status-code.ts";
import { admitCall, clientOf } from "./admit-call.ts";
import type { ReceiveConfig } from "./config.ts";
import type { Receiver } from "./consume.ts";
import { prepareDoor } from "./door.ts";
import type { Entry } from "./entrance.ts";
import { serveExport } from "./export-call.ts";
import { replyHttp, replyStatus, replyTo } from "./grpc-reply.ts";
import type { HandlePorts } from "./handle.ts";
import { createHealth, type Health } from "./health.ts";
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
type Serve = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, entry: Entry) => void;

/**
 * OTLP/gRPC with gzip and deflate, gRPC health checking, scoring on demand and reflection, on Node's own HTTP/2
 * (docs/decisions/0014). Messages of OTLP stay the bytes that they are. Rejects with a ListenError.
 */
export async function startGrpcReceiver(
  config: ReceiveConfig,
  ports: HandlePorts & ScoringPorts,
): Promise<Receiver> {
  const door = prepareDoor(config, "grpc", ports);
  const server = createServerOf(config, door.tls);
  const health = createHealth([SERVICE, Scoring.typeName]);
  const services = createServices(ports);
  const sessions = createSessions(server, {
    ageMsMax: config.max_connection_age_ms,
    ageGraceMs: Math.max(AGE_GRACE_MS, config.drain_timeout_ms),
    graceMs: config.drain_timeout_ms,
    prefaceMsMax: config.limits.header_timeout_ms,
    isTls: door.tls !== undefined,
  });
  const open = new Map<unknown, Health["check"]>(methodsOf(health));
  const methods = new Map<unknown, Serve>([
    [
      `/${SERVICE}/Export`,
      (stream, headers, entry) =>
        serveExport(
          stream,
          { headers, metadata: entry.metadata, client: clientOf(stream, entry) },
          config.max_request_bytes,
          ports,
        ),
    ],
    ...services.methods,
  ]);
  server.on("stream", (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    // Of a call that breaks off there is nobody to tell; what waited for it hears of its close.
    stream.on("error", () => undefined);
    const refusal = refusalOfHead(headers);
    // Whoever may look at a stage may ask whether it is well: balancers have no tokens.
    const serveAny = open.get(headers[":path"]);
    if (refusal !== undefined) replyHttp(stream, refusal);
    else if (serveAny === undefined) enter(stream, headers, methods, ports);
    else serveAny(stream);
  });
  const address = await door.open(server);
  return {
    address,
    stop() {
      door.stop();
      health.stop();
      services.stop();
      sessions.drain();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** HTTP/2 alone: over TLS it is agreed on in the handshake (ALPN). */
function createServerOf({ limits }: ReceiveConfig, tls: TlsOptions | undefined) {
  const options = {
    settings: {
      initialWindowSize: STREAM_WINDOW_BYTES,
      maxConcurrentStreams: STREAMS_MAX,
      maxHeaderListSize: limits.max_header_bytes,
    },
    maxSessionMemory: SESSION_MEMORY_MB_MAX,
  };
  if (tls === undefined) return createServer(options);
  const server = createSecureServer({ ...options, ...tls });
  return server.on("unknownProtocol", (socket) => socket.destroy());
}

/** Lets in who may send, and serves what they ask for. */
function enter(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  methods: ReadonlyMap<unknown, Serve>,
  ports: HandlePorts,
): void {
  const entry = admitCall(stream, headers, ports);
  if (entry.kind === "entered") serve(stream, headers, methods, entry);
  else replyTo(stream, entry);
}

function methodsOf({ check, watch }: Health): readonly (readonly [path: string, serve: Health["check"]])[] {
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
  entry: Entry,
): void {
  const method = methods.get(headers[":path"]);
  if (method === undefined) {
    const message = `The server does not implement the method ${headers[":path"]}`;
    replyStatus(stream, { code: StatusCode.UNIMPLEMENTED, message });
  } else method(stream, headers, entry);
}
