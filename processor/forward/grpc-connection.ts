import { type ClientHttp2Session, connect, constants, type SecureClientSessionOptions } from "node:http2";
import {
  CONNECTION_WINDOW_BYTES,
  SESSION_MEMORY_MB_MAX,
  STREAM_WINDOW_BYTES,
} from "../grpc/http2-options.ts";

/** The connection to a gRPC server, made anew whenever it is needed and not there. */
export interface GrpcConnection {
  /** Calls back with a connection that takes calls, at once where there is one; else with why there is none. */
  use(callback: (session: ClientHttp2Session | Error) => void): void;
  /** Makes no further call on this connection; those that are on their way may end. */
  retire(session: ClientHttp2Session): void;
  close(): void;
}

const CONNECT_MS_MAX = 20_000;
/** The wait after a failed try, doubled from the first to the second value (gRPC "Connection Backoff", shortened). */
const BACKOFF_MS = 200;
const BACKOFF_MS_MAX = 5_000;
/** Go servers end connections that ping more often (grpc-go: keepalive.EnforcementPolicy.MinTime). */
const KEEPALIVE_MS = 300_000;
const PONG_MS_MAX = 20_000;

type Waiting = (session: ClientHttp2Session | Error) => void;

/**
 * @param url http://host:port or https://host:port
 * @param now milliseconds, monotonic
 */
export function createGrpcConnection(
  url: string,
  tls: SecureClientSessionOptions,
  now: () => number = () => performance.now(),
): GrpcConnection {
  let current: ClientHttp2Session | undefined;
  let waiting: Waiting[] | undefined;
  let failure: { readonly cause: Error; readonly untilMs: number; readonly backoffMs: number } | undefined;

  const failed = (cause: Error) => {
    const backoffMs = Math.min(BACKOFF_MS_MAX, 2 * (failure?.backoffMs ?? BACKOFF_MS / 2));
    failure = { cause, backoffMs, untilMs: now() + backoffMs * (0.8 + 0.4 * Math.random()) };
  };
  const settle = (result: ClientHttp2Session | Error) => {
    const callbacks = waiting ?? [];
    waiting = undefined;
    for (const callback of callbacks) callback(result);
  };
  const open = () => {
    const session = connectTo(url, tls, (result) => {
      if (result instanceof Error) failed(result);
      else {
        failure = undefined;
        current = result;
      }
      settle(result);
    });
    session.on("goaway", (code) => {
      // A server that ends a connection for our conduct is not asked again at once.
      if (code !== constants.NGHTTP2_NO_ERROR)
        failed(new Error(`the server ended the connection (HTTP/2 error ${code})`));
    });
  };

  return {
    use(callback) {
      if (isUsable(current)) return void callback(current);
      if (waiting !== undefined) return void waiting.push(callback);
      if (failure !== undefined && now() < failure.untilMs) return void callback(failure.cause);
      waiting = [callback];
      open();
    },
    retire(session) {
      if (current === session) current = undefined;
      if (!session.closed) session.close();
    },
    close() {
      current?.close();
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
): ClientHttp2Session {
  const session = connect(url, {
    ...tls,
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
    session.destroy();
  }, CONNECT_MS_MAX);
  session.once("connect", () => session.setLocalWindowSize(CONNECTION_WINDOW_BYTES));
  session.once("remoteSettings", () => {
    finish(session);
    keepAlive(session);
  });
  // Each call on the connection hears of it as well.
  session.on("error", finish);
  session.once("close", () => finish(new Error("the connection was closed before it could be used")));
  return session;
}

/** Finds out about a connection that has died without a word. */
function keepAlive(session: ClientHttp2Session): void {
  const timer = setInterval(() => {
    const silent = setTimeout(() => session.destroy(), PONG_MS_MAX).unref();
    session.ping(() => clearTimeout(silent));
  }, KEEPALIVE_MS).unref();
  session.once("close", () => clearInterval(timer));
}
