import { type ClientHttp2Session, connect, constants, type SecureClientSessionOptions } from "node:http2";
import type { Socket } from "node:net";
import { closeInTime, endSession } from "../grpc/end-session.ts";
import {
  CONNECTION_WINDOW_BYTES,
  SESSION_MEMORY_MB_MAX,
  STREAM_WINDOW_BYTES,
} from "../grpc/http2-options.ts";
import { openSocket } from "./open-socket.ts";

/** Who waits for a connection. */
export type Waiting = (session: ClientHttp2Session | Error) => void;

/** The connection to a gRPC server, made anew whenever it is needed and not there. */
export interface GrpcConnection {
  /** Calls back with a connection that takes calls, at once where there is one; else with why there is none. */
  use(callback: Waiting): void;
  /** Takes a callback back, so that nothing is kept of it while a connection is being made. */
  forget(callback: Waiting): void;
  /** Makes no further call on this connection; those that are on their way may end. */
  retire(session: ClientHttp2Session): void;
  /** Makes the next call on a new connection. */
  renew(): void;
  /** Ends every connection, also those that are being made or were retired. */
  close(): void;
}

/** Times in milliseconds. */
export interface GrpcConnectionOptions {
  /** Longest time of a call: what is retired is cut after it. */
  readonly callMsMax: number;
  /** For a server to close its side, once we have closed ours. */
  readonly closeMsMax?: number;
  /** Monotonic. */
  readonly now?: () => number;
}

const CONNECT_MS_MAX = 20_000;
/** The wait after a failed try, doubled from the first to the second value (gRPC "Connection Backoff", shortened). */
const BACKOFF_MS = 200;
const BACKOFF_MS_MAX = 5_000;
const CLOSE_MS_MAX = 5_000;
/** Go servers end connections that ping more often (grpc-go: keepalive.EnforcementPolicy.MinTime). */
const KEEPALIVE_MS = 300_000;
const PONG_MS_MAX = 20_000;

type Failure = { readonly cause: Error; readonly untilMs: number; readonly backoffMs: number };

/**
 * @param url http://host:port or https://host:port
 * @param tls asked for each connection
 */
export function createGrpcConnection(
  url: string,
  tls: () => SecureClientSessionOptions,
  options: GrpcConnectionOptions,
): GrpcConnection {
  const { callMsMax, closeMsMax = CLOSE_MS_MAX, now = () => performance.now() } = options;
  const open = new Map<ClientHttp2Session, Socket>();
  let current: ClientHttp2Session | undefined;
  const waiting = new Set<Waiting>();
  let isOpening = false;
  let failure: Failure | undefined;

  const failed = (cause: Error) => {
    const backoffMs = Math.min(BACKOFF_MS_MAX, 2 * (failure?.backoffMs ?? BACKOFF_MS / 2));
    failure = { cause, backoffMs, untilMs: now() + backoffMs * (0.8 + 0.4 * Math.random()) };
  };
  const settle = (result: ClientHttp2Session | Error) => {
    isOpening = false;
    for (const callback of [...waiting]) if (waiting.delete(callback)) callback(result);
  };
  const end = (session: ClientHttp2Session, graceMs: number) => {
    const socket = open.get(session);
    if (socket !== undefined) endSession(session, socket, graceMs);
  };
  const retire = (session: ClientHttp2Session) => {
    if (current === session) current = undefined;
    end(session, callMsMax);
  };
  const begin = () => {
    isOpening = true;
    const { session, socket } = connectTo(url, tls(), (result) => {
      if (result instanceof Error) failed(result);
      else {
        failure = undefined;
        current = result;
      }
      settle(result);
    });
    open.set(session, socket);
    closeInTime(socket, closeMsMax);
    socket.once("close", () => open.delete(session));
    session.on("goaway", (code) => {
      // A server that ends a connection for our conduct is not asked again at once.
      if (code !== constants.NGHTTP2_NO_ERROR)
        failed(new Error(`the server ended the connection (HTTP/2 error ${code})`));
    });
  };

  return {
    use(callback) {
      if (isUsable(current)) return callback(current);
      if (!isOpening && failure !== undefined && now() < failure.untilMs) return callback(failure.cause);
      waiting.add(callback);
      if (!isOpening) begin();
    },
    forget: (callback) => void waiting.delete(callback),
    retire,
    renew() {
      if (current !== undefined) retire(current);
    },
    close() {
      for (const session of open.keys()) end(session, session.connecting ? 0 : closeMsMax);
    },
  };
}

function isUsable(session: ClientHttp2Session | undefined): session is ClientHttp2Session {
  return session !== undefined && !session.closed && !session.destroyed;
}

/** Calls `done` once: when the server has shown that it speaks HTTP/2, or when it is clear that it does not. */
function connectTo(
  url: string,
  tls: SecureClientSessionOptions,
  done: (result: ClientHttp2Session | Error) => void,
): { readonly session: ClientHttp2Session; readonly socket: Socket } {
  const socket = openSocket(new URL(url), tls);
  const session = connect(url, {
    createConnection: () => socket,
    settings: { enablePush: false, initialWindowSize: STREAM_WINDOW_BYTES },
    maxSessionMemory: SESSION_MEMORY_MB_MAX,
  });
  let isDone = false;
  const finish = (result: ClientHttp2Session | Error) => {
    clearTimeout(slow);
    if (isDone) return;
    isDone = true;
    done(result);
  };
  const slow = setTimeout(() => {
    finish(new Error(`no connection within ${CONNECT_MS_MAX} ms`));
    cut(session, socket);
  }, CONNECT_MS_MAX);
  session.once("connect", () => {
    // It is told a turn later, when it may have been given up.
    if (!session.destroyed) session.setLocalWindowSize(CONNECTION_WINDOW_BYTES);
  });
  session.once("remoteSettings", () => {
    finish(session);
    keepAlive(session, socket);
  });
  // Each call on the connection hears of it as well.
  session.on("error", finish);
  // Of an alert behind the handshake, such as TLS 1.3 has for a certificate that is missing, the session is not told.
  socket.once("error", (error) => {
    finish(error);
    cut(session, socket);
  });
  session.once("close", () => finish(new Error("the connection was closed before it could be used")));
  return { session, socket };
}

/** Finds out about a connection that has died without a word. */
function keepAlive(session: ClientHttp2Session, socket: Socket): void {
  const timer = setInterval(() => {
    // A destroyed session whose socket the server has not closed yet is not pinged: it would throw.
    if (session.destroyed) return clearInterval(timer);
    const silent = setTimeout(() => cut(session, socket), PONG_MS_MAX).unref();
    session.ping(() => clearTimeout(silent));
  }, KEEPALIVE_MS).unref();
  session.once("close", () => clearInterval(timer));
}

/** Of a session that is closed already, `destroy` alone leaves the socket. */
function cut(session: ClientHttp2Session, socket: Socket): void {
  session.destroy();
  socket.destroy();
}
