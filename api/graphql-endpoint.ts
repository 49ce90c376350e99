import type { IncomingMessage, ServerResponse } from "node:http";
import { type ApolloServer, HeaderMap } from "@apollo/server";
import { GraphQLError } from "graphql";
import type { Admission, Gate } from "./access/gate.ts";
import type { Principal } from "./access/principal.ts";
import type { Context } from "./graphql/context.ts";
import { userError } from "./graphql/errors.ts";
import { splitTarget } from "./request-target.ts";

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
}

/** GraphQL over HTTP (graphql-over-http specification) by Apollo Server on a plain node:http request. */
export function createGraphqlEndpoint({
  server,
  context,
  gate,
  maxBodyBytes,
}: GraphqlEndpointPorts): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  return async (request, response) => {
    const admission = gate.admit(request.headers.authorization, request.socket.remoteAddress);
    if (admission.kind !== "admitted") return turnAway(response, admission);
    const body = await readBody(request, maxBodyBytes);
    if (body === undefined) return refuse(response, 413, TOO_LARGE);
    const json = parseJson(body);
    if (request.method === "POST" && json === undefined) return refuse(response, 400, NO_JSON);
    const result = await server.executeHTTPGraphQLRequest({
      httpGraphQLRequest: {
        method: request.method ?? "GET",
        headers: headersOf(request),
        body: json,
        search: splitTarget(request.url).query,
      },
      context: async () => context(admission.principal),
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
}

/** The body as text, or undefined when it is longer than allowed. */
async function readBody(request: IncomingMessage, maxBytes: number): Promise<string | undefined> {
  if (Number(request.headers["content-length"] ?? 0) > maxBytes) return undefined;
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    const buffer = Buffer.from(chunk);
    bytes += buffer.length;
    if (bytes > maxBytes) return undefined;
    chunks.push(buffer);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
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
function turnAway(response: ServerResponse, admission: Exclude<Admission, { kind: "admitted" }>): void {
  switch (admission.kind) {
    case "missing":
      response.setHeader("www-authenticate", "Bearer");
      refuse(response, 401, NO_TOKEN);
      break;
    case "wrong":
      response.setHeader("www-authenticate", 'Bearer error="invalid_token"');
      refuse(response, 401, WRONG_TOKEN);
      break;
    case "limited":
      response.setHeader("retry-after", Math.ceil(admission.retryAfterMs / 1000));
      refuse(response, 429, TOO_MANY_GUESSES);
      break;
  }
}

function badRequest(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: "BAD_REQUEST" } });
}

function refuse(response: ServerResponse, status: number, error: GraphQLError): void {
  const { message, extensions } = error;
  response
    .writeHead(status, { "content-type": "application/json", connection: "close" })
    .end(JSON.stringify({ errors: [{ message, extensions }] }));
}
