import type { ClientHttp2Session, IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http2";
import { constants } from "node:http2";
import { FRAME_HEADER_BYTES, frameHeaderOf, frameOf } from "../grpc/frame.ts";
import { StatusCode, statusCodeOfHttp } from "../grpc/status-code.ts";
import { decodeStatusMessage } from "../grpc/status-message.ts";
import { RESPONSE_BYTES_MAX } from "./relay-limits.ts";

/** One message on its way to a server. */
export interface OutgoingCall {
  readonly headers: OutgoingHttpHeaders;
  readonly message: Uint8Array;
  readonly isCompressed: boolean;
}

/** What came of a call. */
export type CallResult =
  /** The server's own word; `frame` is its message with the header before it, empty where there was none. */
  | {
      readonly kind: "status";
      readonly code: number;
      readonly message: string;
      readonly details: Buffer | undefined;
      readonly frame: Buffer;
      readonly encoding: string;
    }
  /** The call broke off before the server said what became of it. */
  | { readonly kind: "broken"; readonly cause: Error }
  /** The server has certainly not looked at it: the same call may be made on another connection. */
  | { readonly kind: "unprocessed"; readonly cause: Error };

/** Copying less is cheaper than another write. */
const COPY_BYTES_MAX = 64 * 1024;

/**
 * Makes a call; `done` is called once.
 * @returns cancels the call, which is then `broken` by the given cause
 */
export function makeCall(
  session: ClientHttp2Session,
  call: OutgoingCall,
  done: (result: CallResult) => void,
): (cause: Error) => void {
  const answer: Answer = { httpStatus: 0, fields: undefined, encoding: "identity", chunks: [], bytes: 0 };
  let broken: Error | undefined;
  const stream = session.request(call.headers);
  const cancel = (cause: Error) => {
    broken ??= cause;
    stream.close(constants.NGHTTP2_CANCEL);
  };
  stream.on("response", (headers) => {
    answer.httpStatus = headers[":status"] ?? 0;
    answer.encoding = String(headers["grpc-encoding"] ?? "identity");
    if (headers["grpc-status"] !== undefined) answer.fields = headers;
  });
  stream.on("trailers", (trailers) => {
    answer.fields = trailers;
  });
  stream.on("data", (chunk: Buffer) => {
    answer.bytes += chunk.length;
    if (answer.bytes > RESPONSE_BYTES_MAX)
      cancel(new Error(`the answer is larger than ${RESPONSE_BYTES_MAX} bytes`));
    else answer.chunks.push(chunk);
  });
  stream.on("error", (error: Error) => {
    broken ??= error;
  });
  stream.on("close", () => {
    const isRefused = stream.rstCode === constants.NGHTTP2_REFUSED_STREAM || stream.id === undefined;
    done(resultOf(answer, broken, isRefused));
  });
  write(stream, call);
  return cancel;
}

interface Answer {
  httpStatus: number;
  /** The headers that hold the gRPC status. */
  fields: IncomingHttpHeaders | undefined;
  encoding: string;
  readonly chunks: Buffer[];
  bytes: number;
}

function write(
  stream: ReturnType<ClientHttp2Session["request"]>,
  { message, isCompressed }: OutgoingCall,
): void {
  if (message.length <= COPY_BYTES_MAX) {
    stream.end(frameOf(message, isCompressed));
    return;
  }
  stream.cork();
  stream.write(frameHeaderOf(message, isCompressed));
  stream.end(message);
}

function resultOf(
  { fields, httpStatus, encoding, chunks, bytes }: Answer,
  broken: Error | undefined,
  isRefused: boolean,
): CallResult {
  const cause = broken ?? new Error("the call ended without a status");
  if (fields !== undefined) {
    const { ["grpc-status"]: status, ["grpc-message"]: message = "" } = fields;
    const details = fields["grpc-status-details-bin"];
    return {
      kind: "status",
      code: codeOf(String(status)),
      message: decodeStatusMessage(String(message)),
      details: details === undefined ? undefined : Buffer.from(String(details), "base64"),
      frame: Buffer.concat(chunks, bytes),
      encoding,
    };
  }
  if (isRefused) return { kind: "unprocessed", cause };
  if (httpStatus === 0 || httpStatus === 200) return { kind: "broken", cause };
  const frame = Buffer.alloc(FRAME_HEADER_BYTES);
  const message = `HTTP ${httpStatus}`;
  return { kind: "status", code: statusCodeOfHttp(httpStatus), message, details: undefined, frame, encoding };
}

function codeOf(status: string): number {
  return /^\d{1,3}$/.test(status) ? Number(status) : StatusCode.UNKNOWN;
}
