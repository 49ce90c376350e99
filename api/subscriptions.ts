import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { GraphQLFormattedError, GraphQLSchema, ValidationRule } from "graphql";
import type { ConnectionInitMessage } from "graphql-ws";
import { useServer as serveOver } from "graphql-ws/use/ws";
import { WebSocket, WebSocketServer } from "ws";
import type { Gate } from "./access/gate.ts";
import { createPlaces, type Places } from "./access/places.ts";
import type { Principal } from "./access/principal.ts";
import type { Turns } from "./access/turns.ts";
import type { ApiConfig } from "./config.ts";
import type { Context } from "./graphql/context.ts";
import { type Admitted, createOperations } from "./operations.ts";
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
  readonly eventTurns: Turns;
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
  const { schema, config, context, gate, format } = ports;
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: config.max_body_bytes,
    WebSocket: Peer,
  });
  const places = createPlaces<WebSocket>(config.max_subscriptions, UNADMITTED_MAX);
  const operations = createOperations({
    ...ports,
    operationsMax: config.max_operations_per_connection,
    unsentBytes: () => [...sockets.clients].reduce((sum, { bufferedAmount }) => sum + bufferedAmount, 0),
  });
  const { dispose } = serveOver<ConnectionInitMessage["payload"], { admitted: Admitted }>(
    {
      schema,
      isProd: true, // no text of an inner error in the reason that a connection is closed with
      onConnect: ({ connectionParams, extra }) => {
        // A browser cannot set a header of the request that opens a WebSocket; other programs can.
        const given = connectionParams?.["authorization"] ?? extra.request.headers.authorization;
        const authorization = typeof given === "string" ? given : undefined;
        const admission = gate.admit(authorization, extra.request.socket.remoteAddress);
        if (admission.kind === "limited")
          return refuseForNow(extra.socket, "Too many wrong tokens came from this address");
        if (admission.kind !== "admitted") return false; // closes with 4403
        if (!places.admit(extra.socket)) return refuseForNow(extra.socket, "All connections are taken");
        extra.admitted = { principal: admission.principal, underWay: new Map() };
        return true;
      },
      context: ({ extra }) => context(admittedOf(extra).principal),
      onSubscribe: (connection, id, payload) =>
        operations.begin(connection, admittedOf(connection.extra), id, payload),
      execute: operations.execute,
      subscribe: operations.subscribe,
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

/** Nobody's token is wrong: a page that was told so would forget it. */
function refuseForNow(socket: WebSocket, reason: string): false {
  socket.close(TRY_AGAIN_LATER, reason);
  return false;
}

function admittedOf({ admitted }: { readonly admitted?: Admitted | undefined }): Admitted {
  if (admitted === undefined) throw new Error("an operation on a connection that was not let in");
  return admitted;
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
