import type { ClientHttp2Session, OutgoingHttpHeaders } from "node:http2";
import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import { encodeCallTimeout } from "../grpc/call-timeout.ts";
import { FRAME_HEADER_BYTES } from "../grpc/frame.ts";
import { StatusCode } from "../grpc/status-code.ts";
import type { ClientTls } from "../tls/client-tls.ts";
import { decodeResponse } from "../wire/export-response.ts";
import { decodeStatus } from "../wire/rpc-status.ts";
import type { ForwardConfig } from "./config.ts";
import type { ForwardOutcome } from "./forward-outcome.ts";
import { type CallResult, makeCall, type OutgoingCall } from "./grpc-call.ts";
import { createGrpcConnection, type GrpcConnection, type Waiting } from "./grpc-connection.ts";
import { outcomeOfGrpc, outcomeOfSilence, outcomeOfSuccess } from "./outcome.ts";
import { GZIP_LEVEL, RESPONSE_BYTES_MAX } from "./relay-limits.ts";
import { isReservedByGrpc } from "./reserved-headers.ts";
import type { Sender } from "./sender.ts";
import type { Target } from "./target.ts";

const EXPORT_PATH = "/opentelemetry.proto.collector.logs.v1.LogsService/Export";
/** Of a call that was certainly not looked at (gRPC, "Transparent Retries"). */
const TRIES_MAX = 2;

const gzipAsync = promisify(gzip);
const gunzipAsync = promisify(gunzip);

/** An OTLP/gRPC client on Node's own HTTP/2 that relays bytes as they are (docs/decisions/0014). */
export function createGrpcSender(config: ForwardConfig, target: Target, tls: ClientTls): Sender {
  const scheme = target.isTls ? "https" : "http";
  const url = `${scheme}://${target.authority}`;
  const connection = createGrpcConnection(url, tls.options, { callMsMax: config.timeout_ms });
  tls.onChanged(() => connection.renew());
  const isCompressed = config.compression === "gzip";
  const headers = headersOf(config);
  return {
    async send(body, signal, metadata) {
      if (signal.aborted) return outcomeOfSilence(signal.reason);
      const message = isCompressed ? await gzipAsync(body, { level: GZIP_LEVEL }) : body;
      const result = await callInTime(
        connection,
        {
          headers: metadata === undefined ? headers : { ...headers, ...metadata.headers },
          message,
          isCompressed,
        },
        config.timeout_ms,
        signal,
      );
      return outcomeOf(result, config.retry_resource_exhausted);
    },
    async close() {
      tls.stop();
      connection.close();
    },
  };
}

function headersOf({ headers, compression, timeout_ms }: ForwardConfig): OutgoingHttpHeaders {
  const own = Object.entries(headers)
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name]) => !isReservedByGrpc(name));
  return {
    "user-agent": "logbert",
    ...Object.fromEntries(own),
    ":method": "POST",
    ":path": EXPORT_PATH,
    "content-type": "application/grpc",
    te: "trailers",
    "grpc-timeout": encodeCallTimeout(timeout_ms),
    "grpc-accept-encoding": "identity,gzip",
    ...(compression === "gzip" ? { "grpc-encoding": "gzip" } : {}),
  };
}

/** One deadline for the connection and every try. */
function callInTime(
  connection: GrpcConnection,
  call: OutgoingCall,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<CallResult> {
  return new Promise((resolve) => {
    let cancel: ((cause: Error) => void) | undefined;
    let waiting: Waiting | undefined;
    let isDone = false;
    let onSession: ClientHttp2Session | undefined;
    const finish = (result: CallResult) => {
      if (isDone) return;
      isDone = true;
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
      if (waiting !== undefined) connection.forget(waiting);
      resolve(result);
    };
    const giveUp = (cause: Error) => {
      finish({ kind: "broken", cause });
      cancel?.(cause);
    };
    const abort = () => giveUp(new Error("the sender has gone", { cause: signal.reason }));
    const late = () => {
      giveUp(new Error(`no answer within ${timeoutMs} ms`));
      // It may be dead without a word; if it is only slow, another one does no harm.
      if (onSession !== undefined) connection.retire(onSession);
    };
    const timer = setTimeout(late, timeoutMs);
    signal.addEventListener("abort", abort, { once: true });
    const attempt = (triesLeft: number) => {
      if (isDone) return;
      waiting = (session) => {
        if (session instanceof Error) return finish({ kind: "broken", cause: session });
        onSession = session;
        cancel = tryCall(session, call, (result) => {
          if (result.kind !== "unprocessed" || triesLeft <= 1) return finish(result);
          attempt(triesLeft - 1);
        });
      };
      connection.use(waiting);
    };
    attempt(TRIES_MAX);
  });
}

/** A connection that has just ended takes no call, and throws. */
function tryCall(
  session: ClientHttp2Session,
  call: OutgoingCall,
  done: (result: CallResult) => void,
): ((cause: Error) => void) | undefined {
  try {
    return makeCall(session, call, done);
  } catch (error) {
    done({ kind: "unprocessed", cause: error instanceof Error ? error : new Error(String(error)) });
    return undefined;
  }
}

async function outcomeOf(result: CallResult, retryResourceExhausted: boolean): Promise<ForwardOutcome> {
  if (result.kind !== "status") return outcomeOfSilence(result.cause);
  const { code, message, details } = result;
  if (code === StatusCode.OK) return outcomeOfSuccess(decodeResponse(await messageIn(result), false));
  const retryAfterMs = details === undefined ? undefined : decodeStatus(details)?.retryAfterMs;
  return outcomeOfGrpc({ code, message, retryAfterMs }, retryResourceExhausted);
}

/** What cannot be unpacked is no message: the status has said that everything was taken. */
async function messageIn({ frame, encoding }: Extract<CallResult, { kind: "status" }>): Promise<Buffer> {
  const message = frame.subarray(FRAME_HEADER_BYTES);
  if (frame[0] !== 1) return message;
  if (encoding !== "gzip") return Buffer.alloc(0);
  return gunzipAsync(message, { maxOutputLength: RESPONSE_BYTES_MAX }).catch(() => Buffer.alloc(0));
}
