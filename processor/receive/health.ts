import { constants, type ServerHttp2Stream } from "node:http2";
import { frameOf } from "../grpc/frame.ts";
import { StatusCode } from "../grpc/status-code.ts";
import { clientOfAddress } from "./client-address.ts";
import { isOpen, replyMessage, replyStatus, startReply } from "./grpc-reply.ts";
import type { Reservation } from "./limits.ts";
import { createOpenCalls } from "./open-calls.ts";
import { readMessage } from "./read-message.ts";

/** Health checking of gRPC (grpc.health.v1.Health). */
export interface Health {
  /** How the service whose name the call holds is now. */
  readonly check: (stream: ServerHttp2Stream) => void;
  /** How it is now, and whenever that changes. */
  readonly watch: (stream: ServerHttp2Stream) => void;
  /** Tells that no service takes calls any more, and ends what watches. */
  readonly stop: () => void;
}

/** grpc.health.v1.HealthCheckResponse.ServingStatus */
const ServingStatus = { SERVING: 1, NOT_SERVING: 2, SERVICE_UNKNOWN: 3 } as const;

const REQUEST_BYTES_MAX = 64 * 1024;
/** For a call's message to arrive. */
const ARRIVAL_MS_MAX = 10_000;
/** Calls open at a time, those that watch among them: they need no token, and each takes some kilobytes. */
const CALLS_MAX = 1_000;
/** A name is next to nothing beside what the stage holds. */
const UNCOUNTED: Reservation = {
  grow: () => true,
  arrived: () => undefined,
  release: () => undefined,
};

/**
 * @param services names that are known beside "", the server as a whole
 * @param arrivalMsMax for a call's message to arrive
 */
export function createHealth(services: readonly string[], arrivalMsMax = ARRIVAL_MS_MAX): Health {
  const known = new Set(["", ...services]);
  const open = createOpenCalls<ServerHttp2Stream>(CALLS_MAX);
  const watching = new Set<ServerHttp2Stream>();
  let status: number = ServingStatus.SERVING;
  /** Somebody makes room rather than that the latest is refused: a check is over in a moment, and who watches may watch again. */
  const enter = (stream: ServerHttp2Stream) => {
    const client = clientOfAddress(stream.session?.socket.remoteAddress);
    stream.on("close", () => open.leave(client, stream));
    open.enter(client, stream)?.close(constants.NGHTTP2_REFUSED_STREAM);
  };
  return {
    check(stream) {
      enter(stream);
      readName(stream, arrivalMsMax, (name) => {
        if (known.has(name)) replyMessage(stream, responseOf(status));
        else replyStatus(stream, { code: StatusCode.NOT_FOUND, message: "unknown service" });
      });
    },
    watch(stream) {
      enter(stream);
      readName(stream, arrivalMsMax, (name) => {
        if (!isOpen(stream)) return;
        startReply(stream);
        const isKnown = known.has(name);
        stream.write(responseOf(isKnown ? status : ServingStatus.SERVICE_UNKNOWN));
        if (status !== ServingStatus.SERVING) return void stream.end();
        watching.add(stream);
        stream.on("close", () => watching.delete(stream));
      });
    },
    stop() {
      status = ServingStatus.NOT_SERVING;
      for (const stream of watching) stream.end(responseOf(status));
    },
  };
}

/** A call without its message is in no bound on bytes, because a stage that has too much to do must still tell how it is; so it
 * does not wait for long. */
function readName(stream: ServerHttp2Stream, arrivalMsMax: number, done: (name: string) => void): void {
  const limits = { bytesMax: REQUEST_BYTES_MAX, reservation: UNCOUNTED };
  const timer = setTimeout(() => {
    replyStatus(stream, {
      code: StatusCode.DEADLINE_EXCEEDED,
      message: "the message of the call has not come to its end",
    });
  }, arrivalMsMax);
  timer.unref();
  stream.on("close", () => clearTimeout(timer));
  readMessage(stream, "identity", limits, (read) => {
    clearTimeout(timer);
    if ("problem" in read) return replyStatus(stream, read);
    const name = nameIn(read.bytes);
    if (name !== undefined) return done(name);
    replyStatus(stream, { code: StatusCode.INTERNAL, message: "no grpc.health.v1.HealthCheckRequest" });
  });
}

/** The one field of a grpc.health.v1.HealthCheckRequest: `string service = 1`; names that matter are short. */
function nameIn(request: Buffer): string | undefined {
  if (request.length === 0) return "";
  const [tag, length = 0] = request;
  return tag === 0x0a && length < 0x80 && request.length === 2 + length
    ? request.toString("utf8", 2)
    : undefined;
}

/** grpc.health.v1.HealthCheckResponse: `ServingStatus status = 1`. */
function responseOf(status: number): Buffer {
  return frameOf(Uint8Array.of(0x08, status));
}
