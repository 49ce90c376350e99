import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import {
  type ExecutionArgs,
  execute,
  type GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  getOperationAST,
  type ValidationRule,
} from "graphql";
import type { ConnectionInitMessage, SubscribePayload } from "graphql-ws";
import { useServer as serveOver } from "graphql-ws/use/ws";
import { WebSocket, WebSocketServer } from "ws";
import type { Gate } from "./access/gate.ts";
import { createPlaces, type Places } from "./access/places.ts";
import type { Principal } from "./access/principal.ts";
import { readDocument } from "./access/query-limits.ts";
import { refusalOf } from "./access/refusal-of.ts";
import { type Turns, UNSENT_BYTES_MAX } from "./access/turns.ts";
import type { ApiConfig } from "./config.ts";
import type { Context } from "./graphql/context.ts";
import { userError } from "./graphql/errors.ts";
import { subscribePerEvent } from "./per-event.ts";
import { splitTarget } from "./request-target.ts";

/** How long a peer may take to answer that the connection is closed. */
const CLOSE_GRACE_MS = 1_000;

/** How long a peer may take to answer a ping, and how far apart pings are: one that takes nothing is gone after twice this. */
const PING_INTERVAL_MS = 12_000;
/** Bytes that wait for a peer beyond which nothing more is read from it. */
const UNSENT_TO_ONE_MAX = 1_048_576;
/** Connections that have not yet said who they are; they are given 3 s by graphql-ws. */
const UNADMITTED_MAX = 200;
/** Close code "try again later" (RFC 6455's registry at IANA). */
const TRY_AGAIN_LATER = 1013;

/** What the WebSocket half of the API needs. */
export interface SubscriptionPorts {
  readonly schema: GraphQLSchema;
  readonly config: ApiConfig;
  readonly context: (principal: Principal) => Context;
  readonly rules: readonly ValidationRule[];
  readonly isAllowed: (host: string | undefined, origin: string | undefined) => boolean;
  readonly gate: Gate;
  readonly format: (error: unknown) => GraphQLFormattedError;
  readonly turns: Turns;
}

/** Its sending never fails: a peer that has gone is told by its closing, and graphql-ws, which gives a message and a callback, would print
 * each message that the peer was to have. And a peer that is told that the connection is closed has {@link CLOSE_GRACE_MS} to answer:
 * ws waits 30 s, in which somebody without a token would hold it. */
class Peer extends WebSocket {
  override close(code?: number, reason?: string | Buffer): void {
    super.close(code, reason);
    setTimeout(() => this.terminate(), CLOSE_GRACE_MS).unref();
  }

  override send(data: Parameters<WebSocket["send"]>[0], done?: unknown): void {
    super.send(data, () => {
      if (typeof done === "function") done();
    });
  }
}

/** GraphQL over WebSocket (protocol graphql-transport-ws) at /graphql. */
export function serveSubscriptions(ports: SubscriptionPorts): {
  /** Takes over a connection that wants to become a WebSocket, or ends it. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  close(): Promise<void>;
} {
  const { schema, config, context, rules, gate, format, turns } = ports;
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: config.max_body_bytes,
    WebSocket: Peer,
  });
  const places = createPlaces<WebSocket>(config.max_subscriptions, UNADMITTED_MAX);
  const principals = new WeakMap<ExecutionArgs, Principal>();
  const unsentBytes = () => [...sockets.clients].reduce((sum, { bufferedAmount }) => sum + bufferedAmount, 0);
  const { dispose } = serveOver<ConnectionInitMessage["payload"], Admitted>(
    {
      schema,
      isProd: true, // no text of an inner error in the reason that a connection is closed with
      onConnect: ({ connectionParams, extra }) => {
        // A browser cannot set a header of the request that opens a WebSocket; other programs can.
        const given = connectionParams?.["authorization"] ?? extra.request.headers.authorization;
        const authorization = typeof given === "string" ? given : undefined;
        const admission = gate.admit(authorization, extra.request.socket.remoteAddress);
        if (admission.kind !== "admitted") return false; // closes with 4403
        if (!places.admit(extra.socket)) {
          extra.socket.close(TRY_AGAIN_LATER, "All connections are taken");
          return false;
        }
        extra.principal = admission.principal;
        return true;
      },
      context: ({ extra }, _id, _payload, args) => {
        const principal = principalOf(extra);
        principals.set(args, principal);
        return context(principal);
      },
      onSubscribe: ({ subscriptions, extra }, _id, payload) =>
        Object.keys(subscriptions).length > config.max_operations_per_connection
          ? [tooManyOperations(config.max_operations_per_connection)]
          : toExecution(payload, principalOf(extra), schema, rules),
      execute: (args) =>
        turns(async () => (unsentBytes() > UNSENT_BYTES_MAX ? { errors: [tooMuchUnsent()] } : execute(args))),
      subscribe: (args) =>
        subscribePerEvent(args, () => context(principalOf({ principal: principals.get(args) }))),
      onError: (_context, _id, _payload, errors) => errors.map(format),
      onNext: (_context, _id, _payload, _arguments, result) =>
        result.errors === undefined
          ? undefined
          : { data: result.data ?? null, errors: result.errors.map(format) },
    },
    sockets,
    PING_INTERVAL_MS,
  );

  sockets.on("connection", (socket) => {
    // ws closes the connection with the right code by itself; graphql-ws would print whatever a peer does wrong, and listens once.
    socket.removeAllListeners("error");
    socket.on("error", () => undefined);
  });
  return {
    upgrade(request, socket, head) {
      const status = refusal(request, ports, places);
      if (status !== undefined) {
        socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
        return;
      }
      sockets.handleUpgrade(request, socket, head, (opened) => {
        places.enter(opened);
        holdBack(opened, socket);
        sockets.emit("connection", opened, request);
      });
    },
    async close() {
      const timer = setTimeout(() => {
        for (const socket of sockets.clients) socket.terminate();
      }, CLOSE_GRACE_MS);
      await dispose();
      clearTimeout(timer);
    },
  };
}

/** What is known of a connection once it has shown its token. */
type Admitted = { principal: Principal };

function principalOf({ principal }: { readonly principal?: Principal | undefined }): Principal {
  if (principal === undefined) throw new Error("an operation on a connection that was not let in");
  return principal;
}

/** Each operation waits until its last message has gone; what a peer is answered at once (pings, refusals) would pile up all the same. */
function holdBack(opened: WebSocket, socket: Duplex): void {
  opened.on("message", () => {
    if (opened.bufferedAmount > UNSENT_TO_ONE_MAX) opened.pause();
  });
  socket.on("drain", () => opened.resume());
}

function refusal(
  { url, headers }: IncomingMessage,
  { isAllowed }: SubscriptionPorts,
  places: Places<WebSocket>,
): string | undefined {
  if (splitTarget(url).path !== "/graphql") return "404 Not Found";
  if (!isAllowed(headers.host, headers.origin)) return "403 Forbidden";
  return places.isFull() ? "503 Service Unavailable" : undefined;
}

/** Done here, because what graphql-ws parses itself and fails to closes the connection, with all its other operations. */
function toExecution(
  { query, operationName, variables }: SubscribePayload,
  principal: Principal,
  schema: GraphQLSchema,
  rules: readonly ValidationRule[],
): ExecutionArgs | readonly GraphQLError[] {
  const document = readDocument(query, schema, rules);
  if (!("kind" in document)) return document;
  const refused = refusalOf(getOperationAST(document, operationName), principal);
  if (refused !== undefined) return [refused];
  return { schema, document, operationName: operationName ?? null, variableValues: variables ?? null };
}

function tooManyOperations(max: number): GraphQLError {
  return userError(
    "UNAVAILABLE",
    `This connection has ${max} operations open already.`,
    "Close one of them, or open another connection.",
  );
}

function tooMuchUnsent(): GraphQLError {
  return userError(
    "UNAVAILABLE",
    "Too many answers wait for callers who do not take them.",
    "Try again in a moment.",
  );
}
