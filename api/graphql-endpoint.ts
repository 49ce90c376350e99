import type { IncomingMessage, ServerResponse } from "node:http";
import { type ApolloServer, HeaderMap } from "@apollo/server";
import { GraphQLError } from "graphql";
import type { Admission, Gate } from "./access/gate.ts";
import type { Principal } from "./access/principal.ts";
import { type Turns, UNSENT_BYTES_MAX } from "./access/turns.ts";
import type { Context } from "./graphql/context.ts";
import { userError } from "./graphql/errors.ts";
import { refuse } from "./refuse.ts";
import { splitTarget } from "./request-target.ts";

/** Requests under way beyond which others are told to come again. */
const REQUESTS_MAX = 100;
/** How long a request waits for its turn until it is told to come again: well before its connection is closed as a silent one. */
const TURN_WAIT_MS_MAX = 30_000;

const TOO_LARGE = badRequest("The request is too large.");
const NO_JSON = badRequest("The body is no JSON.");
const NO_TOKEN = userError(
  "UNAUTHENTICATED",
  "This API answers only those who have a token.",
  "Send one of api.tokens: Authorization: Bearer TOKEN.",
);
const WRONG_TOKEN = userError(
  "UNAUTHENTICATED",
  "This token is not known.",
  "Use one of those in api.tokens.",
);
const TOO_MUCH = userError("UNAVAILABLE", "Too many requests are under way.", "Try again in a second.");
const TOO_MANY_GUESSES = userError(
  "RATE_LIMITED",
  "Too many wrong tokens came from this address.",
  "Try again in a minute.",
);

/** What the HTTP half of the API needs. */
export interface GraphqlEndpointPorts {
  readonly server: ApolloServer<Context>;
  readonly context: (principal: Principal) => Context;
  readonly gate: Gate;
  readonly maxBodyBytes: number;
  readonly turns: Turns;
}

/** GraphQL over HTTP (graphql-over-http specification) by Apollo Server on a plain node:http request. */
export function createGraphqlEndpoint({
  server,
  context,
  gate,
  maxBodyBytes,
  turns,
}: GraphqlEndpointPorts): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const underWay = new Set<ServerResponse>();
  const unsentBytes = () => [...underWay].reduce((sum, { writableLength }) => sum + writableLength, 0);
  const answer = async (
    request: IncomingMessage,
    json: unknown,
    principal: Principal,
    response: ServerResponse,
  ) => {
    // Who has left while waiting for a turn.
    if (!underWay.has(response)) return;
    if (unsentBytes() > UNSENT_BYTES_MAX) return tellToWait(request, response);
    const result = await server.executeHTTPGraphQLRequest({
      httpGraphQLRequest: {
        method: request.method ?? "GET",
        headers: headersOf(request),
        body: json,
        search: splitTarget(request.url).query,
      },
      context: async () => context(principal),
    });
    for (const [name, value] of result.headers) response.setHeader(name, value);
    response.statusCode = result.status ?? 200;
    if (result.body.kind === "complete") {
      response.end(result.body.string);
      return;
    }
    for await (const chunk of result.body.asyncIterator) response.write(chunk);
    response.end();
  };
  return async (request, response) => {
    const admission = gate.admit(request.headers.authorization, request.socket.remoteAddress);
    if (admission.kind !== "admitted") return turnAway(request, response, admission);
    if (underWay.size >= REQUESTS_MAX) return tellToWait(request, response);
    underWay.add(response);
    response.once("close", () => underWay.delete(response));
    const body = await readBody(request, maxBodyBytes);
    if (body === undefined) {
      underWay.delete(response);
      return refuse(request, response, 413, TOO_LARGE);
    }
    const json = parseJson(body);
    if (request.method === "POST" && json === undefined) return refuse(request, response, 400, NO_JSON);
    if (turns.isFull()) return tellToWait(request, response);
    const timer = setTimeout(() => {
      underWay.delete(response);
      tellToWait(request, response);
    }, TURN_WAIT_MS_MAX);
    response.once("close", () => clearTimeout(timer));
    await turns.take(async () => {
      clearTimeout(timer);
      await answer(request, json, admission.principal, response);
    });
  };
}

function tellToWait(request: IncomingMessage, response: ServerResponse): void {
  response.setHeader("retry-after", "1");
  refuse(request, response, 503, TOO_MUCH);
}

/** The body, or undefined when it is longer than allowed: then the rest of it is still to come. */
async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  if (Number(request.headers["content-length"] ?? 0) > maxBytes) return undefined;
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    const buffer = Buffer.from(chunk);
    bytes += buffer.length;
    if (bytes > maxBytes) return undefined;
    chunks.push(buffer);
  }
  return Buffer.concat(chunks);
}

/** Undefined for what is no JSON, or no UTF-8 (RFC 8259, section 8.1): replaced characters would be stored as if they had been meant. */
function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}

function headersOf(request: IncomingMessage): HeaderMap {
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(", ") : value);
  }
  return headers;
}

/** RFC 6750, section 3: which scheme is asked for, and whether a token was given that is none. */
function turnAway(
  request: IncomingMessage,
  response: ServerResponse,
  admission: Exclude<Admission, { kind: "admitted" }>,
): void {
  switch (admission.kind) {
    case "missing":
      response.setHeader("www-authenticate", "Bearer");
      refuse(request, response, 401, NO_TOKEN);
      break;
    case "wrong":
      response.setHeader("www-authenticate", 'Bearer error="invalid_token"');
      refuse(request, response, 401, WRONG_TOKEN);
      break;
    case "limited":
      response.setHeader("retry-after", Math.ceil(admission.retryAfterMs / 1000));
      refuse(request, response, 429, TOO_MANY_GUESSES);
      break;
  }
}

function badRequest(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: "BAD_REQUEST" } });
}
