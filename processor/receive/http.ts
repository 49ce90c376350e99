import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { ForwardOutcome } from "../forward/forwarder.ts";
import { encodeResponse, responseToJson } from "../wire/export-response.ts";
import { jsonToProtobuf } from "../wire/json.ts";
import { MalformedRequestError } from "../wire/record-view.ts";
import { encodeStatus, statusToJson } from "../wire/rpc-status.ts";
import { type Answer, answerOf } from "./answer.ts";
import { readBody } from "./body.ts";
import type { ReceiveConfig } from "./config.ts";
import { ListenError, type Receiver } from "./consume.ts";
import { type HandlePorts, handle } from "./handle.ts";

const PROTOBUF = "application/x-protobuf";
const JSON_TYPE = "application/json";
const REQUEST_TIMEOUT_MS = 120_000;

/** OTLP/HTTP at /v1/logs: protobuf and JSON; gzip, deflate and zstd. Rejects with a {@link ListenError}. */
export async function startHttpReceiver(config: ReceiveConfig, ports: HandlePorts): Promise<Receiver> {
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, (request, response) => {
    answerRequest(request, response, config, ports).catch((error: unknown) => {
      // The sender went away in the middle of its body: there is nobody to answer.
      response.destroy();
      if (!request.destroyed) ports.onError(error);
    });
  });
  const { endpoint } = config.http;
  const { hostname, port } = new URL(`http://${endpoint}`);
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(new ListenError("receive.http.endpoint", endpoint, error)));
    server.listen(Number(port || "80"), hostname.replace(/^\[|\]$/g, ""), resolve);
  });
  const bound = server.address();
  const boundPort = typeof bound === "object" && bound !== null ? bound.port : Number(port);
  return {
    address: endpoint.replace(/:\d+$/, `:${boundPort}`),
    stop: () => drain(server, config.drain_timeout_ms),
  };
}

async function answerRequest(
  request: IncomingMessage,
  response: ServerResponse,
  config: ReceiveConfig,
  ports: HandlePorts,
): Promise<void> {
  const type = (request.headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
  const isJson = type === JSON_TYPE;
  const refuse = (httpStatus: number, outcome: ForwardOutcome & { kind: "refused" }) => {
    const answer = answerOf(outcome);
    ports.observer.refused(outcome.reason, "http");
    if (answer.kind === "error") write(response, { ...answer, httpStatus }, isJson);
  };
  const refused = (reason: "malformed" | "too-large" | "unsupported" | "other", message: string) =>
    ({ kind: "refused", reason, message }) as const;

  if (request.url?.split("?")[0] !== "/v1/logs")
    return refuse(404, refused("other", "Logs are taken at /v1/logs."));
  if (request.method !== "POST") {
    response.setHeader("allow", "POST");
    return refuse(405, refused("other", "Send logs by POST."));
  }
  if (type !== PROTOBUF && !isJson) {
    return refuse(415, refused("unsupported", `Content-Type must be ${PROTOBUF} or ${JSON_TYPE}.`));
  }
  const body = await readBody(request, config.max_request_bytes);
  if ("problem" in body) {
    // What was not read of the body is not waited for.
    response.setHeader("connection", "close");
    const outcome = refused(body.problem, body.message);
    const answer = answerOf(outcome);
    return refuse(answer.kind === "error" ? answer.httpStatus : 400, outcome);
  }
  const abort = new AbortController();
  response.once("close", () => {
    if (!response.writableFinished) abort.abort(new Error("the sender closed the connection"));
  });
  const answer = await handle(
    body,
    "http",
    abort.signal,
    isJson ? { ...ports, consume: fromJson(ports) } : ports,
  );
  write(response, answer, isJson);
}

/** JSON becomes protobuf at the door; behind it there is one encoding. */
function fromJson({ consume }: HandlePorts): HandlePorts["consume"] {
  return async (bytes, signal, transport) => {
    try {
      return await consume(jsonToProtobuf(bytes), signal, transport);
    } catch (error) {
      if (!(error instanceof MalformedRequestError)) throw error;
      return { kind: "refused", reason: "malformed", message: error.message };
    }
  };
}

function write(response: ServerResponse, answer: Answer, isJson: boolean): void {
  const retryAfterMs = answer.kind === "error" ? answer.status.retryAfterMs : undefined;
  const body = isJson ? Buffer.from(JSON.stringify(jsonOf(answer))) : protobufOf(answer);
  response.writeHead(answer.kind === "ok" ? 200 : answer.httpStatus, {
    "content-type": isJson ? JSON_TYPE : PROTOBUF,
    "content-length": body.length,
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
