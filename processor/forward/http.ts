import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { decodeResponse } from "../wire/export-response.ts";
import { decodeStatus } from "../wire/rpc-status.ts";
import type { ForwardConfig } from "./config.ts";
import type { ForwardOutcome } from "./forwarder.ts";
import type { Sender } from "./grpc.ts";
import { outcomeOfHttp, outcomeOfSilence, outcomeOfSuccess } from "./outcome.ts";
import type { Target } from "./target.ts";
import type { TlsFiles } from "./tls-files.ts";

const CONNECTIONS_MAX = 32;
const RESPONSE_BYTES_MAX = 4 * 1024 * 1024;
/** Speed over size: the next hop unpacks it at once. */
const GZIP_LEVEL = 1;

const gzipAsync = promisify(gzip);

/** An OTLP/HTTP client (protobuf) that relays bytes as they are. Any 2xx is success, with or without a body. */
export function createHttpSender(config: ForwardConfig, target: Target, tls: TlsFiles): Sender {
  const agent = target.isTls
    ? new HttpsAgent({ keepAlive: true, maxSockets: CONNECTIONS_MAX, ...tls })
    : new HttpAgent({ keepAlive: true, maxSockets: CONNECTIONS_MAX });
  const send = target.isTls ? httpsRequest : httpRequest;

  const exchange = (
    body: Uint8Array,
    signal: AbortSignal,
  ): Promise<{ response: IncomingMessage; body: Buffer }> =>
    new Promise((resolve, reject) => {
      const headers = {
        ...config.headers,
        "content-type": "application/x-protobuf",
        "content-length": body.length,
        ...(config.compression === "gzip" ? { "content-encoding": "gzip" } : {}),
      };
      const request = send(target.url, { method: "POST", agent, headers, signal }, (response) => {
        readAll(response).then((answer) => resolve({ response, body: answer }), reject);
      });
      request.once("error", reject);
      request.end(body);
    });

  return {
    async send(body, signal) {
      const deadline = AbortSignal.any([signal, AbortSignal.timeout(config.timeout_ms)]);
      try {
        const payload = config.compression === "gzip" ? await gzipAsync(body, { level: GZIP_LEVEL }) : body;
        const { response, body: answer } = await exchange(payload, deadline);
        return outcomeOf(response, answer);
      } catch (cause) {
        return outcomeOfSilence(cause);
      }
    },
    close: async () => agent.destroy(),
  };
}

function outcomeOf(response: IncomingMessage, body: Buffer): ForwardOutcome {
  const statusCode = response.statusCode ?? 0;
  const isJson = (response.headers["content-type"] ?? "").startsWith("application/json");
  if (statusCode >= 200 && statusCode < 300) return outcomeOfSuccess(decodeResponse(body, isJson));
  // Loki labels its protobuf status as octet-stream, so the body decides, not its content type.
  const text = isJson ? "" : (decodeStatus(body)?.message ?? "");
  return outcomeOfHttp(statusCode, response.headers["retry-after"], text, Date.now());
}

async function readAll(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    bytes += chunk.length;
    if (bytes > RESPONSE_BYTES_MAX) throw new Error(`the answer is larger than ${RESPONSE_BYTES_MAX} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
