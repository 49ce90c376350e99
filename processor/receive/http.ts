import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { TlsOptions } from "node:tls";
import { encodeResponse, responseToJson } from "../wire/export-response.ts";
import { jsonToProtobuf } from "../wire/json.ts";
import { MalformedRequestError } from "../wire/record-view.ts";
import { encodeStatus, statusToJson } from "../wire/rpc-status.ts";
import { type Answer, type ErrorAnswer, internalAnswer, overloadedAnswer, refusalAnswer } from "./answer.ts";
import { readBody } from "./body.ts";
import { clientOfAddress } from "./client-address.ts";
import type { ReceiveConfig } from "./config.ts";
import { createConnectionAge } from "./connection-age.ts";
import type { Receiver } from "./consume.ts";
import { prepareDoor } from "./door.ts";
import type { Entry } from "./entrance.ts";
import { type HandlePorts, handle } from "./handle.ts";
import type { Reservation } from "./limits.ts";

const PROTOBUF = "application/x-protobuf";
const JSON_TYPE = "application/json";
/** For all of a request to arrive; also for what is discarded of one that was refused unread. */
const REQUEST_MS_MAX = 120_000;

/** OTLP/HTTP at /v1/logs: protobuf and JSON; gzip, deflate and zstd. Rejects with a {@link ListenError}. */
export async function startHttpReceiver(config: ReceiveConfig, ports: HandlePorts): Promise<Receiver> {
  const door = prepareDoor(config, "http", ports);
  const isOld = createConnectionAge(config.max_connection_age_ms, () => performance.now(), Math.random);
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    const isJson = typeOf(request) === JSON_TYPE;
    answerRequest(request, config, ports, abortedOnClose(response))
      .catch((error: unknown) => {
        // The sender went away in the middle of its body: there is nobody to answer.
        if (request.errored === null) ports.onError(error);
        return internalAnswer();
      })
      .then((answer) => {
        // A connection that stays busy would hold up the stop of the server for ever, and keep its sender from other replicas.
        if (!server.listening || isOld(request.socket)) response.setHeader("connection", "close");
        write(response, answer, isJson);
        request.resume();
      })
      .catch((error: unknown) => {
        ports.onError(error);
        response.destroy();
      });
  };
  const server = createServerOf(config, door.tls, listener);
  const address = await door.open(server);
  return {
    address,
    stop() {
      door.stop();
      return drain(server, config.drain_timeout_ms);
    },
  };
}

function createServerOf(
  { limits }: ReceiveConfig,
  tls: TlsOptions | undefined,
  listener: (request: IncomingMessage, response: ServerResponse) => void,
) {
  const options = {
    headersTimeout: limits.header_timeout_ms,
    requestTimeout: REQUEST_MS_MAX,
    // How often is looked who takes longer.
    connectionsCheckingInterval: Math.ceil(limits.header_timeout_ms / 2),
    maxHeaderSize: limits.max_header_bytes,
  };
  if (tls === undefined) return createServer(options, listener);
  return createTlsServer({ ...options, ...tls }, listener);
}

function typeOf(request: IncomingMessage): string {
  return (request.headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
}

function abortedOnClose(response: ServerResponse): AbortSignal {
  const abort = new AbortController();
  response.once("close", () => {
    if (!response.writableFinished) abort.abort(new Error("the sender closed the connection"));
  });
  return abort.signal;
}

/** Rejects when the sender goes away in the middle of its body. */
async function answerRequest(
  request: IncomingMessage,
  config: ReceiveConfig,
  ports: HandlePorts,
  signal: AbortSignal,
): Promise<Answer> {
  const entry = enter(request, ports);
  if (entry.kind === "error") return refuse(entry, ports);
  const reservation = ports.admission.open(entry.name ?? clientOfAddress(request.socket.remoteAddress));
  try {
    const read = await readOrRefuse(request, config, reservation);
    if ("kind" in read) return refuse(read, ports);
    reservation.arrived();
    const isJson = typeOf(request) === JSON_TYPE;
    return await handle(
      { bytes: read, transport: "http", signal, reservation, metadata: entry.metadata },
      isJson ? { ...ports, consume: fromJson(ports) } : ports,
    );
  } finally {
    reservation.release();
  }
}

function refuse(answer: ErrorAnswer, { observer }: HandlePorts): ErrorAnswer {
  observer.refused(answer.reason, "http");
  return answer;
}

/** What can be refused before the body is read; who may not send is told nothing else. */
function enter(request: IncomingMessage, { entrance }: HandlePorts): Entry | ErrorAnswer {
  const entry = entrance(request.headers, () => request.socket.remoteAddress);
  if (entry.kind === "error") return entry;
  return refusalOfHead(request) ?? entry;
}

function refusalOfHead(request: IncomingMessage): ErrorAnswer | undefined {
  if (request.url?.split("?")[0] !== "/v1/logs")
    return { ...refusalAnswer("other", "Logs are taken at /v1/logs."), httpStatus: 404 };
  if (request.method !== "POST") return { ...refusalAnswer("other", "Send logs by POST."), httpStatus: 405 };
  const type = typeOf(request);
  return type === PROTOBUF || type === JSON_TYPE
    ? undefined
    : refusalAnswer("unsupported", `Content-Type must be ${PROTOBUF} or ${JSON_TYPE}.`);
}

async function readOrRefuse(
  request: IncomingMessage,
  config: ReceiveConfig,
  reservation: Reservation,
): Promise<Buffer | ErrorAnswer> {
  // Counted from its head on: very many that send no more would be in no bound.
  if (!reservation.grow(0)) return overloadedAnswer("http");
  const body = await readBody(request, { bytesMax: config.max_request_bytes, reservation });
  if (!("problem" in body)) return body;
  return body.problem === "overloaded" ? overloadedAnswer("http") : refusalAnswer(body.problem, body.message);
}

/** JSON becomes protobuf at the door; behind it there is one encoding. */
function fromJson({ consume }: HandlePorts): HandlePorts["consume"] {
  return async (bytes, ...rest) => {
    try {
      return await consume(jsonToProtobuf(bytes), ...rest);
    } catch (error) {
      if (!(error instanceof MalformedRequestError)) throw error;
      return { kind: "refused", reason: "malformed", message: error.message, isUnread: true };
    }
  };
}

function write(response: ServerResponse, answer: Answer, isJson: boolean): void {
  const retryAfterMs = answer.kind === "error" ? answer.status.retryAfterMs : undefined;
  const httpStatus = answer.kind === "ok" ? 200 : answer.httpStatus;
  const body = isJson ? Buffer.from(JSON.stringify(jsonOf(answer))) : protobufOf(answer);
  response.writeHead(httpStatus, {
    "content-type": isJson ? JSON_TYPE : PROTOBUF,
    "content-length": body.length,
    ...(httpStatus === 405 ? { allow: "POST" } : {}),
    ...(httpStatus === 401 ? { "www-authenticate": 'Bearer realm="logbert"' } : {}),
    ...(retryAfterMs === undefined ? {} : { "retry-after": String(Math.ceil(retryAfterMs / 1000)) }),
  });
  response.end(body);
}

function protobufOf(answer: Answer): Uint8Array {
  return answer.kind === "ok" ? encodeResponse(answer.result) : encodeStatus(answer.status);
}

function jsonOf(answer: Answer): unknown {
  return answer.kind === "ok" ? responseToJson(answer.result) : statusToJson(answer.status);
}

function drain(server: Server, timeoutMs: number): Promise<void> {
  return new Promise((resolve) => {
    const force = setTimeout(() => server.closeAllConnections(), timeoutMs);
    server.close(() => {
      clearTimeout(force);
      resolve();
    });
    server.closeIdleConnections();
  });
}
