import type { ServerHttp2Session } from "node:http2";
import { CONNECTION_WINDOW_BYTES } from "../grpc/http2-options.ts";

/** The connections of a gRPC server. */
export interface Sessions {
  add(session: ServerHttp2Session): void;
  /** Tells every sender to go elsewhere with its next call; what takes longer than the grace is cut. */
  drain(): void;
}

/** So that connections of one moment are not renewed in one moment. */
const AGE_JITTER = 0.1;

/**
 * Renews connections that are older than `ageMsMax`.
 * @param graceMs for calls on a connection that is to end
 */
export function createSessions({ ageMsMax, graceMs }: { ageMsMax: number; graceMs: number }): Sessions {
  const open = new Set<ServerHttp2Session>();
  return {
    add(session) {
      open.add(session);
      session.setLocalWindowSize(CONNECTION_WINDOW_BYTES);
      const ageMs = ageMsMax * (1 - AGE_JITTER + 2 * AGE_JITTER * Math.random());
      const age = setTimeout(() => end(session, graceMs), ageMs).unref();
      session.once("close", () => {
        open.delete(session);
        clearTimeout(age);
      });
    },
    drain() {
      for (const session of open) end(session, graceMs);
    },
  };
}

/**
 * GOAWAY names the last call that was taken; a sender makes the later ones on another connection (RFC 9113, section 6.8).
 * Not in two steps, as other servers do: after the first one Node no longer reads a connection without calls.
 */
function end(session: ServerHttp2Session, graceMs: number): void {
  if (session.closed || session.destroyed) return;
  session.close();
  const force = setTimeout(() => session.destroy(), graceMs).unref();
  session.once("close", () => clearTimeout(force));
}
