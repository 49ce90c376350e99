import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { ClientTls } from "../tls/client-tls.ts";
import { decodeResponse } from "../wire/export-response.ts";
import { decodeStatus } from "../wire/rpc-status.ts";
import type { ForwardConfig } from "./config.ts";
import type { ForwardOutcome } from "./forward-outcome.ts";
import type { Metadata } from "./metadata.ts";
import { outcomeOfHttp, outcomeOfSilence, outcomeOfSuccess } from "./outcome.ts";
import { GZIP_LEVEL, RESPONSE_BYTES_MAX } from "./relay-limits.ts";
import type { Sender } from "./sender.ts";
import type { Target } from "./target.ts";

const CONNECTIONS_MAX = 32;

const gzipAsync = promisify(gzip);

/** An OTLP/HTTP client (protobuf) that relays bytes as they are. Any 2xx is success, with or without a body. */
export function createHttpSender(config: ForwardConfig, target: Target, tls: ClientTls): Sender {
  const createAgent = () =>
    target.isTls
      ? new HttpsAgent({ keepAlive: true, maxSockets: CONNECTIONS_MAX, ...tls.options() })
      : new HttpAgent({ keepAlive: true, maxSockets: CONNECTIONS_MAX });
  let agent = createAgent();
  tls.onChanged(() => {
    const old = agent;
    agent = createAgent();
    // By then what is on its way has ended.
    setTimeout(() => old.destroy(), config.timeout_ms).unref();
  });
  const send = target.isTls ? httpsRequest : httpRequest;

  const exchange = (body: Uint8Array, signal: AbortSignal, metadata?: Metadata): Promise<HttpAnswer> =>
    new Promise((resolve, reject) => {
      const headers = {
        ...config.headers,
        ...metadata?.headers,
        "content-type": "application/x-protobuf",
        "content-length": body.length,
        ...(config.compression === "gzip" ? { "content-encoding": "gzip" } : {}),
      };
      const request = send(target.url, { method: "POST", agent, headers }, (response) =>
        readAll(response).then((answer) => end(() => resolve({ response, body: answer })), fail),
      );
      const end = (settle: () => void) => {
        clearTimeout(timer);
        signal.removeEventListener("abort", abort);
        settle();
      };
      const fail = (cause: unknown) => {
        end(() => reject(cause));
        request.destroy();
      };
      const abort = () => fail(signal.reason);
      const late = () => fail(new Error(`no answer within ${config.timeout_ms} ms`));
      const timer = setTimeout(late, config.timeout_ms);
      signal.addEventListener("abort", abort, { once: true });
      request.on("error", fail);
      request.end(body);
    });

  return {
    async send(body, signal, metadata) {
      if (signal.aborted) return outcomeOfSilence(signal.reason);
      try {
        const payload = config.compression === "gzip" ? await gzipAsync(body, { level: GZIP_LEVEL }) : body;
        const { response, body: answer } = await exchange(payload, signal, metadata);
        return outcomeOf(response, answer);
      } catch (cause) {
        return outcomeOfSilence(cause);
      }
    },
    async close() {
      tls.stop();
      agent.destroy();
    },
  };
}

interface HttpAnswer {
  readonly response: IncomingMessage;
  readonly body: Buffer;
}

function outcomeOf(response: IncomingMessage, body: Buffer): ForwardOutcome {
  const statusCode = response.statusCode ?? 0;
  const isJson = (response.headers["content-type"] ?? "").startsWith("application/json");
  if (statusCode >= 200 && statusCode < 300) return outcomeOfSuccess(decodeResponse(body, isJson));
  // Loki labels its protobuf status as octet-stream, so the body decides, not its content type.
  const text = isJson ? "" : (decodeStatus(body)?.message ?? "");
  return outcomeOfHttp(statusCode, response.headers["retry-after"], text, Date.now());
}

/** By its events: an iterator costs a small answer more than its bytes do. */
function readAll(response: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    response
      .on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes <= RESPONSE_BYTES_MAX) chunks.push(chunk);
        else reject(new Error(`the answer is larger than ${RESPONSE_BYTES_MAX} bytes`));
      })
      .once("end", () => resolve(Buffer.concat(chunks, bytes)))
      .on("error", reject)
      .once("close", () => reject(new Error("the connection was cut in the middle of the answer")));
  });
}
