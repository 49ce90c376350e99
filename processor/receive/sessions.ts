import type { ServerHttp2Session } from "node:http2";
import type { Server, Socket } from "node:net";
import { closeInTime, endSession } from "../grpc/end-session.ts";
import { CONNECTION_WINDOW_BYTES } from "../grpc/http2-options.ts";

/** The connections of a gRPC server. */
export interface Sessions {
  /** Tells every sender to go elsewhere with its next call; what takes longer than the grace is cut. */
  drain(): void;
}

/** So that connections of one moment are not renewed in one moment. */
const AGE_JITTER = 0.1;

/** Times in milliseconds. */
export interface SessionsOptions {
  readonly ageMsMax: number;
  /** For calls on a connection that is too old. */
  readonly ageGraceMs: number;
  /** For calls when the server stops. */
  readonly graceMs: number;
  /** For a connection to show that it speaks HTTP/2. */
  readonly prefaceMsMax: number;
  readonly isTls: boolean;
}

/**
 * Renews connections that are older than `ageMsMax`. GOAWAY names the last call that was taken; a sender makes the later ones on
 * another connection (RFC 9113, section 6.8). Not in two steps, as other servers do: after the first one Node no longer reads a
 * connection without calls.
 */
export function createSessions(
  server: Server,
  { ageMsMax, ageGraceMs, graceMs, prefaceMsMax, isTls }: SessionsOptions,
): Sessions {
  const open = new Map<Socket, ServerHttp2Session>();
  let latest: ServerHttp2Session | undefined;
  const add = (socket: Socket, session: ServerHttp2Session) => {
    open.set(socket, session);
    session.setLocalWindowSize(CONNECTION_WINDOW_BYTES);
    closeInTime(socket, graceMs);
    const ageMs = ageMsMax * (1 - AGE_JITTER + 2 * AGE_JITTER * Math.random());
    const silent = setTimeout(() => socket.destroy(), prefaceMsMax).unref();
    session.once("remoteSettings", () => clearTimeout(silent));
    const age = setTimeout(() => endSession(session, socket, ageGraceMs), ageMs).unref();
    socket.once("close", () => {
      open.delete(socket);
      clearTimeout(age);
      clearTimeout(silent);
    });
  };
  server.on("session", (session: ServerHttp2Session) => {
    latest = session;
  });
  // Node makes the session of a connection first, and tells of both in one go; from the session there is no way to its socket.
  server.on(isTls ? "secureConnection" : "connection", (socket: Socket) => {
    if (latest !== undefined) add(socket, latest);
    latest = undefined;
  });
  return {
    drain() {
      for (const [socket, session] of open) endSession(session, socket, graceMs);
    },
  };
}
