import {
  constants,
  Http2ServerRequest,
  Http2ServerResponse,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from "node:http2";
import { Code, ConnectError, createConnectRouter, createContextValues } from "@connectrpc/connect";
import type { UniversalHandler } from "@connectrpc/connect/protocol";
import {
  compressionGzip,
  universalRequestFromNodeRequest,
  universalResponseToNodeResponse,
} from "@connectrpc/connect-node";
import { file_grpc_health_v1_health } from "../../../proto/gen/grpc/health/v1/health_pb.js";
import {
  file_grpc_reflection_v1_reflection,
  ServerReflection,
} from "../../../proto/gen/grpc/reflection/v1/reflection_pb.js";
import { file_logbert_v1_scoring, Scoring } from "../../../proto/gen/logbert/v1/scoring_pb.js";
import { file_opentelemetry_proto_collector_logs_v1_logs_service } from "../../../proto/gen/opentelemetry/proto/collector/logs/v1/logs_service_pb.js";
import { admitCall, type CallPorts, clientOf } from "../admit-call.ts";
import { type ErrorAnswer, overloadedAnswer } from "../answer.ts";
import type { RefusedReason } from "../consume.ts";
import type { Entry } from "../entrance.ts";
import { replyTo } from "../grpc-reply.ts";
import { CALL, type CallUnderWay } from "./as-requests.ts";
import { createReflectionService } from "./reflection-service.ts";
import { createScoringService, type ScoringPorts } from "./scoring-service.ts";

type ServeCall = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, entry: Entry) => void;

/** Services for which messages are decoded: scoring on demand, and reflection. */
export interface Services {
  /** By path, "/logbert.v1.Scoring/Score". */
  readonly methods: ReadonlyMap<string, ServeCall>;
  /** Ends streams of calls that wait for more to come. */
  stop(): void;
}

/** Largest message: these are read whole, and in one go, before they are counted; so it bounds what they hold, with the calls at a
 * time, and how long nobody else is served, be they nothing but empty records. */
const MESSAGE_BYTES_MAX = 1024 * 1024;
/** Open at a time. */
const CALLS_MAX = 64;
/** Of these of one client, who keeps no other out so. */
const CALLS_OF_CLIENT_MAX = 32;
/** What the library refuses by itself, a message that it cannot read, by its gRPC status. */
const REFUSED_BY_LIBRARY: ReadonlyMap<string | null | undefined, RefusedReason> = new Map([
  [String(Code.Internal), "malformed"],
  [String(Code.InvalidArgument), "malformed"],
  [String(Code.ResourceExhausted), "too-large"],
  [String(Code.Unimplemented), "unsupported"],
]);
/** Connect makes a URL of a client's own, which need not be one; nobody reads it. */
const AUTHORITY = { ":authority": "localhost" };
/** Tools ask by the name that reflection had before it was settled; the messages are the same. */
const REFLECTION_ALPHA = ["/grpc.reflection.v1.", "/grpc.reflection.v1alpha."] as const;

/** For anything to move on a call: nobody keeps its place for ever with nothing to ask, or half of a message. */
const IDLE_MS_MAX = 120_000;

/** The services, by Connect's implementation of gRPC. */
export function createServices(ports: ScoringPorts & CallPorts, idleMsMax = IDLE_MS_MAX): Services {
  const shutdown = new AbortController();
  const router = createConnectRouter({
    connect: false,
    grpcWeb: false,
    readMaxBytes: MESSAGE_BYTES_MAX,
    acceptCompression: [compressionGzip],
    shutdownSignal: shutdown.signal,
  });
  router.service(Scoring, createScoringService(ports));
  router.service(
    ServerReflection,
    createReflectionService([
      file_logbert_v1_scoring,
      file_opentelemetry_proto_collector_logs_v1_logs_service,
      file_grpc_health_v1_health,
      file_grpc_reflection_v1_reflection,
    ]),
  );
  const open = new Map<ServerHttp2Stream, string>();
  const refuse = (stream: ServerHttp2Stream, what: string) => {
    ports.observer.refused("overloaded", "grpc");
    replyTo(stream, tooMany(what));
  };
  const serveBy =
    (handler: UniversalHandler): ServeCall =>
    (stream, headers, entry) => {
      if (open.size >= CALLS_MAX) return refuse(stream, `${CALLS_MAX} calls of these services`);
      const client = clientOf(stream, entry);
      const others = [...open.values()].filter((one) => one === client).length;
      if (others >= CALLS_OF_CLIENT_MAX) return refuse(stream, `${CALLS_OF_CLIENT_MAX} calls of this client`);
      open.set(stream, client);
      stream.once("close", () => open.delete(stream));
      stream.setTimeout(idleMsMax, () => stream.close(constants.NGHTTP2_CANCEL));
      void serve(handler, stream, headers, ports);
    };
  return {
    methods: new Map(
      router.handlers.flatMap((handler) =>
        pathsOf(handler.requestPath).map((path) => [path, serveBy(handler)] as const),
      ),
    ),
    stop: () => shutdown.abort(new ConnectError("the stage is going to stop", Code.Unavailable)),
  };
}

/** Never throws, whatever a client sends. */
async function serve(
  handler: UniversalHandler,
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  ports: ScoringPorts & CallPorts,
): Promise<void> {
  let isCounted = false;
  const call: CallUnderWay = {
    next() {
      const entry = admitCall(stream, headers, ports);
      if (entry.kind === "entered") return undefined;
      isCounted = true;
      return entry;
    },
    refused(reason) {
      isCounted = true;
      ports.observer.refused(reason, "grpc");
    },
  };
  try {
    const response = new Http2ServerResponse(stream);
    const request = new Http2ServerRequest(stream, { ...headers, ...AUTHORITY }, {}, []);
    const values = createContextValues().set(CALL, call);
    const answer = await handler(universalRequestFromNodeRequest(request, response, undefined, values));
    stream.once("close", () => {
      const reason = isCounted ? undefined : REFUSED_BY_LIBRARY.get(answer.trailer?.get("grpc-status"));
      if (reason !== undefined) ports.observer.refused(reason, "grpc");
    });
    await universalResponseToNodeResponse(answer, response);
  } catch (error) {
    // A caller that has gone is no fault of ours.
    if (!stream.closed && !stream.destroyed) ports.onError(error);
    stream.destroy();
  }
}

function tooMany(what: string): ErrorAnswer {
  const answer = overloadedAnswer("grpc");
  const message = `overloaded: ${what} are open`;
  return { ...answer, status: { ...answer.status, message } };
}

function pathsOf(path: string): readonly string[] {
  const alpha = path.replace(...REFLECTION_ALPHA);
  return alpha === path ? [path] : [path, alpha];
}
