import {
  createClient as createSocketClient,
  type FormattedExecutionResult,
  type Client as SocketClient,
  type SubscribePayload,
} from "graphql-ws";
import { Client, CombinedError, fetchExchange, mapExchange, subscriptionExchange } from "urql";
import type { ConnectionMonitor } from "./connection.ts";

const RETRY_MS_MIN = 500;
const RETRY_MS_MAX = 15_000;
const PING_EVERY_MS = 10_000;
const PONG_TIMEOUT_MS = 5_000;
/** Close code of graphql-transport-ws for "request timeout". */
const TIMED_OUT = 4408;

/** Where the page came from. */
type Origin = Pick<Location, "protocol" | "host">;

/**
 * The page's one way to the API: queries over HTTP, subscriptions over a WebSocket that comes back by itself for as
 * long as the page is open.
 */
export function createClient(origin: Origin, monitor: ConnectionMonitor): Client {
  const socket = createSocket(origin, monitor);
  return new Client({
    url: `${origin.protocol}//${origin.host}/graphql`,
    preferGetMethod: false,
    // No cache: everything here is either live or asked anew, and a page left open for days must not grow.
    exchanges: [
      // An answer that is only an error has `data: null`, which urql's types do not say.
      mapExchange({ onResult: (result) => ({ ...result, data: result.data ?? undefined }) }),
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query, variables }) => ({
          subscribe: (sink) => ({
            unsubscribe: subscribeForGood(
              { query: query ?? "", ...(variables === undefined ? {} : { variables: { ...variables } }) },
              ({ data, errors }) =>
                sink.next({ data: data ?? null, ...(errors === undefined ? {} : { errors }) }),
              socket,
              monitor,
            ),
          }),
        }),
      }),
    ],
  });
}

/** Subscribes anew whenever the server ends the subscription, until the returned function is called. */
function subscribeForGood(
  payload: SubscribePayload,
  onResult: (result: FormattedExecutionResult<Record<string, unknown>, unknown>) => void,
  socket: Socket,
  monitor: ConnectionMonitor,
): () => void {
  let isWanted = true;
  let attempts = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let leave: () => void = () => {};
  const open = () => {
    leave = socket.client.subscribe(payload, {
      next: (result) => {
        attempts = 0;
        onResult(result);
      },
      error: openLater,
      complete: openLater,
    });
  };
  const openLater = () => {
    if (!isWanted) return;
    monitor.report("lost");
    timer = setTimeout(
      () => {
        open();
        if (socket.isConnected()) monitor.report("live");
      },
      retryDelayMs(attempts, Math.random()),
    );
    attempts += 1;
  };
  open();
  return () => {
    isWanted = false;
    clearTimeout(timer);
    leave();
  };
}

interface Socket {
  readonly client: SocketClient;
  isConnected(): boolean;
}

function createSocket(origin: Origin, monitor: ConnectionMonitor): Socket {
  let pongTimer: ReturnType<typeof setTimeout> | undefined;
  let openSocket: WebSocket | undefined;
  const client = createSocketClient({
    url: `${origin.protocol === "https:" ? "wss" : "ws"}://${origin.host}/graphql`,
    lazy: false, // the header tells whether the API is there, whatever the page
    onNonLazyError: () => monitor.report("lost"),
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: () => true,
    retryWait: (retries) =>
      new Promise((resolve) => setTimeout(resolve, retryDelayMs(retries, Math.random()))),
    keepAlive: PING_EVERY_MS,
    on: {
      connected: (socket) => {
        if (socket instanceof WebSocket) openSocket = socket;
        monitor.report("live");
      },
      closed: () => {
        clearTimeout(pongTimer);
        openSocket = undefined;
        monitor.report("lost");
      },
      // A network that went away without a word closes nothing: an unanswered ping does.
      ping: (received) => {
        if (!received) pongTimer = setTimeout(() => openSocket?.close(TIMED_OUT, "no pong"), PONG_TIMEOUT_MS);
      },
      pong: (received) => {
        if (received) clearTimeout(pongTimer);
      },
    },
  });
  return { client, isConnected: () => openSocket !== undefined };
}

/** Doubles from half a second to 15 s; `random` in [0,1) spreads the clients of a restarted server over half of it. */
export function retryDelayMs(retries: number, random: number): number {
  const delayMs = Math.min(RETRY_MS_MAX, RETRY_MS_MIN * 2 ** Math.min(retries, 10));
  return delayMs * (0.5 + random / 2);
}

/** What people are told of a failure: what happened, and what helps. */
export interface UserError {
  readonly message: string;
  readonly remedy: string;
}

/** The one place that turns a failure of the API into words. */
export function describeError(error: unknown): UserError {
  if (error instanceof CombinedError) {
    const [first] = error.graphQLErrors;
    if (first !== undefined) {
      const remedy = first.extensions["remedy"];
      return { message: first.message, remedy: typeof remedy === "string" ? remedy : "" };
    }
    return {
      message: "The API does not answer.",
      remedy: "Check that logbert is running and reachable; this page tries again by itself.",
    };
  }
  return { message: "Something went wrong in this page.", remedy: "Load it again." };
}

/** Whether a failure is the API's word for "somebody else has changed it since". */
export function isConflict(error: unknown): boolean {
  return (
    error instanceof CombinedError &&
    error.graphQLErrors.some(({ extensions }) => extensions["code"] === "CONFLICT")
  );
}
