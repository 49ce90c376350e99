import { constants, type OutgoingHttpHeaders, type ServerHttp2Stream } from "node:http2";
import { frameOf } from "../grpc/frame.ts";
import { StatusCode } from "../grpc/status-code.ts";
import { encodeStatusMessage } from "../grpc/status-message.ts";
import { encodeResponse, type PartialSuccess } from "../wire/export-response.ts";
import { encodeStatus, type RpcStatus } from "../wire/rpc-status.ts";
import type { Answer } from "./answer.ts";

/** What a call may be compressed with; named to a sender that used something else. */
export const ACCEPTED_ENCODINGS = "identity,deflate,gzip";

const OK_HEADERS: OutgoingHttpHeaders = {
  ":status": 200,
  "content-type": "application/grpc",
  "grpc-accept-encoding": ACCEPTED_ENCODINGS,
};
const OK_TRAILERS: OutgoingHttpHeaders = { "grpc-status": StatusCode.OK };
/** Everything was taken: the empty message. */
const TAKEN = frameOf(new Uint8Array(0));
/** Servers send binary headers without padding (gRPC over HTTP/2, "Binary-Header"). */
const PADDING = /=+$/;

/** Tells a sender what became of its request. A sender that has gone is told nothing. */
export function replyTo(stream: ServerHttp2Stream, answer: Answer): void {
  if (answer.kind === "error") replyStatus(stream, answer.status, encodeStatus(answer.status));
  else replyMessage(stream, isFull(answer.result) ? TAKEN : frameOf(encodeResponse(answer.result)));
}

function isFull({ rejectedRecords, message }: PartialSuccess): boolean {
  return rejectedRecords === 0 && message === "";
}

/** Answers OK with one message. */
export function replyMessage(stream: ServerHttp2Stream, frame: Buffer): void {
  if (!isOpen(stream)) return;
  startReply(stream);
  stream.end(frame);
}

/** Begins an answer whose status is OK unless something else is sent before it ends. */
export function startReply(stream: ServerHttp2Stream): void {
  stream.respond(OK_HEADERS, { waitForTrailers: true });
  stream.on("wantTrailers", sendOk);
}

/** Answers with a status alone; what still arrives of the request is not wanted. */
export function replyStatus(
  stream: ServerHttp2Stream,
  { code, message }: Pick<RpcStatus, "code" | "message">,
  details?: Uint8Array,
): void {
  if (!isOpen(stream)) return;
  const isWhole = stream.readableEnded;
  stream.respond(
    {
      ...OK_HEADERS,
      "grpc-status": code,
      "grpc-message": encodeStatusMessage(message),
      ...(details === undefined
        ? {}
        : { "grpc-status-details-bin": Buffer.from(details).toString("base64").replace(PADDING, "") }),
    },
    { endStream: true },
  );
  if (!isWhole) discard(stream);
}

/** Answers in HTTP's terms what is no gRPC call. */
export function replyHttp(stream: ServerHttp2Stream, httpStatus: number): void {
  if (!isOpen(stream)) return;
  stream.respond({ ":status": httpStatus }, { endStream: true });
  discard(stream);
}

/** Whether somebody still waits for an answer. */
export function isOpen(stream: ServerHttp2Stream): boolean {
  return !stream.destroyed && !stream.closed && !stream.headersSent;
}

/** The answer is complete, and the sender may stop (RFC 9113, section 8.1). */
function discard(stream: ServerHttp2Stream): void {
  stream.resume();
  stream.close(constants.NGHTTP2_NO_ERROR);
}

function sendOk(this: ServerHttp2Stream): void {
  this.sendTrailers(OK_TRAILERS);
}
