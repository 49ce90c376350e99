import {
  createClient as createSocketClient,
  type FormattedExecutionResult,
  type Client as SocketClient,
  type SubscribePayload,
} from "graphql-ws";
import { Client, CombinedError, fetchExchange, gql, mapExchange, subscriptionExchange } from "urql";
import type { ConnectionMonitor } from "./connection.ts";

const RETRY_MS_MIN = 500;
const RETRY_MS_MAX = 15_000;
const PING_EVERY_MS = 10_000;
const PONG_TIMEOUT_MS = 5_000;
/** Close code of graphql-transport-ws for "request timeout". */
const TIMED_OUT = 4408;

/** Where the page came from. */
type Origin = Pick<Location, "protocol" | "host">;

/** Close codes for "unauthorized" and "forbidden": the API does not know the token. */
const REFUSED: readonly unknown[] = [4401, 4403];

/** What the page asks with, and whom it tells. */
export interface ClientPorts {
  readonly origin: Origin;
  /** undefined where the API may need none. */
  readonly token: string | undefined;
  readonly monitor: ConnectionMonitor;
  /** Told, maybe several times, that the API does not take the token. */
  readonly onRefused: () => void;
}

/** A client, and the end of its connection. */
export interface PageClient {
  readonly client: Client;
  close(): void;
}

/**
 * The page's one way to the API: queries over HTTP, subscriptions over a WebSocket that comes back by itself for as
 * long as it is not closed and the API takes the token.
 */
export function createClient(ports: ClientPorts): PageClient {
  const { origin, token, onRefused } = ports;
  let isClosed = false;
  // The end of a connection is heard late: by then another one may be live.
  const report: Report = (state) => {
    if (!isClosed) ports.monitor.report(state);
  };
  const socket = createSocket(ports, report);
  const client = new Client({
    ...overHttp(origin, token),
    // No cache: everything here is either live or asked anew, and a page left open for days must not grow.
    exchanges: [
      mapExchange({
        onError(error) {
          if (error.graphQLErrors.some(({ extensions }) => extensions["code"] === "UNAUTHENTICATED"))
            onRefused();
        },
        // An answer that is only an error has `data: null`, which urql's types do not say.
        onResult: (result) => ({ ...result, data: result.data ?? undefined }),
      }),
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query, variables }) => ({
          subscribe: (sink) => ({
            unsubscribe: subscribeForGood(
              { query: query ?? "", ...(variables === undefined ? {} : { variables: { ...variables } }) },
              ({ data, errors }) =>
                sink.next({ data: data ?? null, ...(errors === undefined ? {} : { errors }) }),
              socket,
              report,
            ),
          }),
        }),
      }),
    ],
  });
  return {
    client,
    close() {
      isClosed = true;
      // Rejects when it was refused while it opened: then there is nothing to close.
      void Promise.resolve(socket.client.dispose()).catch(() => undefined);
    },
  };
}

/** Tries a token: what to tell of it, or undefined when the API takes it. */
export async function tryToken(origin: Origin, token: string): Promise<UserError | undefined> {
  const client = new Client({ ...overHttp(origin, token), exchanges: [fetchExchange] });
  const { error } = await client.query(gql("{ viewer { name } }"), {}).toPromise();
  return error === undefined ? undefined : describeError(error);
}

function overHttp(origin: Origin, token: string | undefined) {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return {
    url: `${origin.protocol}//${origin.host}/graphql`,
    preferGetMethod: false,
    fetchOptions: { headers },
  };
}

/** Subscribes anew whenever the server ends the subscription, until the returned function is called. */
function subscribeForGood(
  payload: SubscribePayload,
  onResult: (result: FormattedExecutionResult<Record<string, unknown>, unknown>) => void,
  socket: Socket,
  report: Report,
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
    report("lost");
    timer = setTimeout(
      () => {
        open();
        if (socket.isConnected()) report("live");
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

type Report = ConnectionMonitor["report"];

interface Socket {
  readonly client: SocketClient;
  isConnected(): boolean;
}

function createSocket(
  { origin, token, onRefused }: Pick<ClientPorts, "origin" | "token" | "onRefused">,
  report: Report,
): Socket {
  let pongTimer: ReturnType<typeof setTimeout> | undefined;
  let openSocket: WebSocket | undefined;
  const client = createSocketClient({
    url: `${origin.protocol === "https:" ? "wss" : "ws"}://${origin.host}/graphql`,
    lazy: false, // the header tells whether the API is there, whatever the page
    onNonLazyError: () => report("lost"),
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: (event) => !REFUSED.includes(closeCode(event)),
    connectionParams: token === undefined ? {} : { authorization: `Bearer ${token}` },
    retryWait: (retries) =>
      new Promise((resolve) => setTimeout(resolve, retryDelayMs(retries, Math.random()))),
    keepAlive: PING_EVERY_MS,
    on: {
      connected: (socket) => {
        if (socket instanceof WebSocket) openSocket = socket;
        report("live");
      },
      closed: (event) => {
        clearTimeout(pongTimer);
        openSocket = undefined;
        report("lost");
        if (REFUSED.includes(closeCode(event))) onRefused();
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

function closeCode(event: unknown): unknown {
  return typeof event === "object" && event !== null && "code" in event ? event.code : undefined;
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

/** Whether a question got no answer at all. */
export function isUnreachable(error: unknown): boolean {
  return error instanceof CombinedError && error.networkError !== undefined;
}
