import type { Http2Server, ServerHttp2Session } from "node:http2";
import type { Socket } from "node:net";
import { closeInTime, endSession } from "../grpc/end-session.ts";
import { CONNECTION_WINDOW_BYTES } from "../grpc/http2-options.ts";

/** The connections of a gRPC server. */
export interface Sessions {
  /** Tells every sender to go elsewhere with its next call; what takes longer than the grace is cut. */
  drain(): void;
}

/** So that connections of one moment are not renewed in one moment. */
const AGE_JITTER = 0.1;

/**
 * Renews connections that are older than `ageMsMax`. GOAWAY names the last call that was taken; a sender makes the later ones on
 * another connection (RFC 9113, section 6.8). Not in two steps, as other servers do: after the first one Node no longer reads a
 * connection without calls.
 * @param graceMs for calls on a connection that is to end
 */
export function createSessions(
  server: Http2Server,
  { ageMsMax, graceMs }: { readonly ageMsMax: number; readonly graceMs: number },
): Sessions {
  const open = new Map<Socket, ServerHttp2Session>();
  let latest: ServerHttp2Session | undefined;
  const add = (socket: Socket, session: ServerHttp2Session) => {
    open.set(socket, session);
    session.setLocalWindowSize(CONNECTION_WINDOW_BYTES);
    closeInTime(socket, graceMs);
    const ageMs = ageMsMax * (1 - AGE_JITTER + 2 * AGE_JITTER * Math.random());
    const age = setTimeout(() => endSession(session, socket, graceMs), ageMs).unref();
    socket.once("close", () => {
      open.delete(socket);
      clearTimeout(age);
    });
  };
  server.on("session", (session) => {
    latest = session;
  });
  // Node makes the session of a connection first, and tells of both in one go; from the session there is no way to its socket.
  server.on("connection", (socket: Socket) => {
    if (latest !== undefined) add(socket, latest);
    latest = undefined;
  });
  return {
    drain() {
      for (const [socket, session] of open) endSession(session, socket, graceMs);
    },
  };
}
