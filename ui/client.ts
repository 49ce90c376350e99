import { createClient as createSocketClient } from "graphql-ws";
import { Client, CombinedError, fetchExchange, subscriptionExchange } from "urql";
import type { ConnectionMonitor } from "./connection.ts";

const RETRY_MS_MIN = 500;
const RETRY_MS_MAX = 15_000;
const PING_EVERY_MS = 10_000;
const PONG_TIMEOUT_MS = 5_000;
/** Close code of graphql-transport-ws for "request timeout". */
const TIMED_OUT = 4408;

/**
 * The page's one way to the API: queries over HTTP, subscriptions over a WebSocket that comes back by itself for as
 * long as the page is open.
 */
export function createClient(
  origin: Pick<Location, "protocol" | "host">,
  monitor: ConnectionMonitor,
): Client {
  const socket = createSocket(origin, monitor);
  return new Client({
    url: `${origin.protocol}//${origin.host}/graphql`,
    preferGetMethod: false,
    // No cache: everything here is either live or asked anew, and a page left open for days must not grow.
    exchanges: [
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query, variables }) => ({
          subscribe: (sink) => ({
            unsubscribe: socket.subscribe(
              { query: query ?? "", ...(variables === undefined ? {} : { variables: { ...variables } }) },
              {
                next: ({ data, errors }) =>
                  sink.next({ data: data ?? null, ...(errors === undefined ? {} : { errors }) }),
                error: (error) => sink.error(error),
                complete: () => sink.complete(),
              },
            ),
          }),
        }),
      }),
    ],
  });
}

function createSocket(origin: Pick<Location, "protocol" | "host">, monitor: ConnectionMonitor) {
  let pongTimer: ReturnType<typeof setTimeout> | undefined;
  let openSocket: WebSocket | undefined;
  return createSocketClient({
    url: `${origin.protocol === "https:" ? "wss" : "ws"}://${origin.host}/graphql`,
    lazy: false, // the header tells whether the API is there, whatever the page
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: () => true,
    retryWait: (retries) =>
      new Promise((resolve) => setTimeout(resolve, retryDelayMs(retries, Math.random()))),
    keepAlive: PING_EVERY_MS,
    on: {
      opened: (socket) => {
        if (socket instanceof WebSocket) openSocket = socket;
      },
      connected: () => monitor.report("live"),
      closed: () => {
        clearTimeout(pongTimer);
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
