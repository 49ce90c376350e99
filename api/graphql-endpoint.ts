import type { IncomingMessage, ServerResponse } from "node:http";
import { type ApolloServer, HeaderMap } from "@apollo/server";
import { type Turns, UNSENT_BYTES_MAX } from "./access/turns.ts";
import type { Context } from "./graphql/context.ts";
import { splitTarget } from "./request-target.ts";

/** Requests under way beyond which others are told to come again. */
const REQUESTS_MAX = 100;

/** What the HTTP half of the API needs. */
export interface EndpointPorts {
  readonly server: ApolloServer<Context>;
  readonly context: () => Context;
  readonly maxBodyBytes: number;
  readonly turns: Turns;
}

/** GraphQL over HTTP (graphql-over-http specification) by Apollo Server on a plain node:http request. */
export function createGraphqlEndpoint({
  server,
  context,
  maxBodyBytes,
  turns,
}: EndpointPorts): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const underWay = new Set<ServerResponse>();
  const unsentBytes = () => [...underWay].reduce((sum, { writableLength }) => sum + writableLength, 0);
  const answer = async (request: IncomingMessage, json: unknown, response: ServerResponse) => {
    if (unsentBytes() > UNSENT_BYTES_MAX) return tellToWait(response);
    const result = await server.executeHTTPGraphQLRequest({
      httpGraphQLRequest: {
        method: request.method ?? "GET",
        headers: headersOf(request),
        body: json,
        search: splitTarget(request.url).query,
      },
      context: async () => context(),
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
    if (underWay.size >= REQUESTS_MAX) return tellToWait(response);
    underWay.add(response);
    response.once("close", () => underWay.delete(response));
    const body = await readBody(request, maxBodyBytes);
    if (body === undefined) return refuse(response, 413, "The request is too large.");
    const json = parseJson(body);
    if (request.method === "POST" && json === undefined) return refuse(response, 400, "The body is no JSON.");
    await turns(() => answer(request, json, response));
  };
}

function tellToWait(response: ServerResponse): void {
  response.setHeader("retry-after", "1");
  refuse(response, 503, "Too many requests are under way; try again.", "UNAVAILABLE");
}

/** The body, or undefined when it is longer than allowed. */
async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  if (Number(request.headers["content-length"] ?? 0) > maxBytes) return undefined;
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
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

function refuse(response: ServerResponse, status: number, message: string, code = "BAD_REQUEST"): void {
  response
    .writeHead(status, { "content-type": "application/json", connection: "close" })
    .end(JSON.stringify({ errors: [{ message, extensions: { code } }] }));
}
