import type { ServerHttp2Stream } from "node:http2";
import { FRAME_HEADER_BYTES, readFrameHeader } from "../grpc/frame.ts";
import { StatusCode } from "../grpc/status-code.ts";
import type { RefusedReason } from "./consume.ts";
import type { Encoding } from "./decompress.ts";
import { ACCEPTED_ENCODINGS } from "./grpc-reply.ts";
import type { Reservation } from "./limits.ts";

/** A call whose message was not read, and what to say of it. */
export interface UnreadableMessage {
  readonly problem: RefusedReason;
  readonly code: number;
  readonly message: string;
}

/** What a call says its message is packed with; "unknown": with something that we do not have. */
export type MessageEncoding = Exclude<Encoding, "zstd"> | "unknown";

/** The one message of a unary call, as it arrived. */
export interface ReadMessage {
  readonly bytes: Buffer;
  readonly isCompressed: boolean;
}

/** What a message may take. */
export interface MessageLimits {
  /** As it arrives, and after decompression. */
  readonly bytesMax: number;
  /** Grows with what arrives. */
  readonly reservation: Reservation;
}

/**
 * Reads the message of a unary call. `done` is called once, unless the stream closes before; a caller that listens for
 * `close` hears of that.
 */
export function readMessage(
  stream: ServerHttp2Stream,
  encoding: MessageEncoding,
  { bytesMax, reservation }: MessageLimits,
  done: (result: ReadMessage | UnreadableMessage) => void,
): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  let frameBytes: number | undefined;
  const finish = (result: ReadMessage | UnreadableMessage) => {
    stream.off("data", take).off("end", end);
    done(result);
  };
  const take = (chunk: Buffer) => {
    chunks.push(chunk);
    bytes += chunk.length;
    if (!reservation.grow(chunk.length)) return finish(OVERLOADED);
    if (frameBytes === undefined && bytes >= FRAME_HEADER_BYTES) {
      const header = readFrameHeader(firstBytes(chunks));
      const problem = problemOfHeader(header, encoding, bytesMax);
      if (problem !== undefined) return finish(problem);
      frameBytes = FRAME_HEADER_BYTES + header.length;
    }
    if (frameBytes !== undefined && bytes > frameBytes) finish(SECOND_MESSAGE);
  };
  const end = () => {
    if (bytes === 0) return finish(NO_MESSAGE);
    if (bytes !== frameBytes) return finish(CUT);
    const frame = Buffer.concat(chunks, bytes);
    finish({ bytes: frame.subarray(FRAME_HEADER_BYTES), isCompressed: frame[0] === 1 });
  };
  stream.on("data", take).on("end", end);
}

const unimplemented = (message: string): UnreadableMessage => ({
  problem: "malformed",
  code: StatusCode.UNIMPLEMENTED,
  message,
});
const internal = (message: string): UnreadableMessage => ({
  problem: "malformed",
  code: StatusCode.INTERNAL,
  message,
});

/** There is no room for the message now. */
export const OVERLOADED: UnreadableMessage = {
  problem: "overloaded",
  code: StatusCode.UNAVAILABLE,
  message: "",
};
const UNKNOWN_ENCODING: UnreadableMessage = {
  problem: "unsupported",
  code: StatusCode.UNIMPLEMENTED,
  message: `grpc-encoding must be one of ${ACCEPTED_ENCODINGS}.`,
};
const NO_MESSAGE = unimplemented("A unary call has one message, this one has none.");
const SECOND_MESSAGE = unimplemented("A unary call has one message, this one has more.");
const CUT = internal("The message ends before the length that it names.");

/** The refusal of a message that is larger than it may be. */
export function tooLargeMessage(bytesMax: number): UnreadableMessage {
  return {
    problem: "too-large",
    code: StatusCode.RESOURCE_EXHAUSTED,
    message: `Received message larger than max: more than ${bytesMax} bytes.`,
  };
}

function firstBytes(chunks: readonly Buffer[]): Buffer {
  const [first = Buffer.alloc(0)] = chunks;
  return first.length >= FRAME_HEADER_BYTES ? first : Buffer.concat(chunks);
}

function problemOfHeader(
  { flag, length }: { readonly flag: number; readonly length: number },
  encoding: MessageEncoding,
  bytesMax: number,
): UnreadableMessage | undefined {
  if (flag > 1) return internal(`A message starts with 0 or 1, not with ${flag}.`);
  if (flag === 1 && encoding === "identity")
    return internal("The message is marked as compressed, but the call names no grpc-encoding.");
  if (flag === 1 && encoding === "unknown") return UNKNOWN_ENCODING;
  return length > bytesMax ? tooLargeMessage(bytesMax) : undefined;
}
