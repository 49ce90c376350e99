import type { Server } from "node:http";
import {
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  parse,
  specifiedRules,
  type ValidationRule,
  validate,
} from "graphql";
import { useServer as serveOver } from "graphql-ws/use/ws";
import { WebSocketServer } from "ws";
import type { ApiConfig } from "./config.ts";
import type { Context } from "./graphql/context.ts";

/** A document with more tokens is not even parsed. */
export const PARSE_OPTIONS = { maxTokens: 2_000 };

/** What the WebSocket half of the API needs. */
export interface SubscriptionPorts {
  readonly schema: GraphQLSchema;
  readonly config: ApiConfig;
  readonly context: () => Context;
  readonly rules: readonly ValidationRule[];
  readonly isAllowed: (host: string | undefined, origin: string | undefined) => boolean;
  readonly format: (error: GraphQLError) => GraphQLFormattedError;
}

/** GraphQL over WebSocket (protocol graphql-transport-ws) at /graphql. */
export function serveSubscriptions(
  server: Server,
  { schema, config, context, rules, isAllowed, format }: SubscriptionPorts,
): { close(): Promise<void> } {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: config.max_body_bytes });
  const allRules = [...specifiedRules, ...rules];
  const formatted = (error: unknown) =>
    format(
      error instanceof GraphQLError ? error : new GraphQLError("failed", { originalError: toError(error) }),
    );
  const { dispose } = serveOver(
    {
      schema,
      context,
      parse: (source) => parse(source, PARSE_OPTIONS),
      validate: (checked, document) => validate(checked, document, allRules),
      onError: (_context, _id, _payload, errors) => errors.map(formatted),
      onNext: (_context, _id, _payload, _arguments, result) =>
        result.errors === undefined
          ? undefined
          : { data: result.data ?? null, errors: result.errors.map(formatted) },
    },
    sockets,
  );

  server.on("upgrade", (request, socket, head) => {
    const isGraphql = new URL(request.url ?? "/", "http://localhost").pathname === "/graphql";
    const isFull = sockets.clients.size >= config.max_subscriptions;
    if (!isGraphql || isFull || !isAllowed(request.headers.host, request.headers.origin)) {
      const status = isFull ? "503 Service Unavailable" : isGraphql ? "403 Forbidden" : "404 Not Found";
      socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (opened) => sockets.emit("connection", opened, request));
  });
  return {
    async close() {
      await dispose();
    },
  };
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
