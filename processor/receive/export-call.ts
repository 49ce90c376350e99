import type { IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import type { Metadata } from "../forward/metadata.ts";
import { parseCallTimeout } from "../grpc/call-timeout.ts";
import { StatusCode } from "../grpc/status-code.ts";
import { overloadedAnswer } from "./answer.ts";
import { decompress } from "./decompress.ts";
import { replyStatus, replyTo } from "./grpc-reply.ts";
import { type HandlePorts, handle } from "./handle.ts";
import type { Reservation } from "./limits.ts";
import {
  type MessageEncoding,
  type MessageLimits,
  OVERLOADED,
  type ReadMessage,
  readMessage,
  tooLargeMessage,
  type UnreadableMessage,
} from "./read-message.ts";

/** For a message to arrive, from the call's headers on: nobody waits for ever for one that stops in the middle. */
const ARRIVAL_MS_MAX = 120_000;
/** Longest time that a timer of Node takes, some 24 days. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/** What a call has besides its message. */
export interface ExportHead {
  readonly headers: IncomingHttpHeaders;
  /** Those of them that go on. */
  readonly metadata: Metadata | undefined;
  /** Whose call it is. */
  readonly client: string;
}

/** One call of LogsService/Export. Its sender's deadline, or its going away, is told to the consumer. */
export function serveExport(
  stream: ServerHttp2Stream,
  { headers, metadata, client }: ExportHead,
  bytesMax: number,
  ports: HandlePorts,
): void {
  const head = readHead(headers, metadata);
  const reservation = ports.admission.open(client);
  if ("problem" in head) refuse(stream, head, ports);
  // Counted from its headers on: very many that send no more would be in no bound.
  else if (!reservation.grow(bytesOfHeaders(headers))) refuse(stream, OVERLOADED, ports);
  else serveCall(stream, head, { bytesMax, reservation }, ports);
}

function bytesOfHeaders(headers: IncomingHttpHeaders): number {
  let bytes = 0;
  for (const name in headers) bytes += name.length + (headers[name]?.length ?? 0);
  return bytes;
}

interface CallHead {
  readonly encoding: MessageEncoding;
  /** Infinity without a deadline. */
  readonly timeoutMs: number;
  readonly metadata: Metadata | undefined;
}

function readHead(
  headers: IncomingHttpHeaders,
  metadata: Metadata | undefined,
): CallHead | UnreadableMessage {
  const encoding = encodingOf(headers["grpc-encoding"]);
  const timeout = headers["grpc-timeout"];
  const timeoutMs = timeout === undefined ? Number.POSITIVE_INFINITY : parseCallTimeout(String(timeout));
  return Number.isNaN(timeoutMs) ? BAD_TIMEOUT : { encoding, timeoutMs, metadata };
}

/** An encoding that we do not have matters only to a message that is marked as compressed. */
function encodingOf(header: string | string[] | undefined): MessageEncoding {
  if (header === undefined || header === "identity") return "identity";
  return header === "gzip" || header === "deflate" ? header : "unknown";
}

function serveCall(
  stream: ServerHttp2Stream,
  { encoding, timeoutMs, metadata }: CallHead,
  { bytesMax, reservation }: MessageLimits,
  ports: HandlePorts,
): void {
  const call = openCall(stream, timeoutMs, () => reservation.release());
  readMessage(stream, encoding, { bytesMax, reservation }, (read) => {
    if (call.signal.aborted) return;
    call.arrived();
    reservation.arrived();
    const work = { read, encoding, bytesMax, reservation, signal: call.signal, metadata };
    answerMessage(stream, work, ports).finally(call.close);
  });
}

interface Call {
  readonly signal: AbortSignal;
  /** From here on only the sender's own deadline counts. */
  arrived(): void;
  close(): void;
}

/**
 * Ends by its deadline, or when the sender goes away.
 * @param onGone called when that was before its message had arrived
 */
function openCall(stream: ServerHttp2Stream, timeoutMs: number, onGone: () => void): Call {
  const abort = new AbortController();
  let hasArrived = false;
  const end = (why: string) => {
    if (!hasArrived) onGone();
    abort.abort(new Error(why));
  };
  const late = () => {
    replyStatus(stream, {
      code: StatusCode.DEADLINE_EXCEEDED,
      message: "the deadline of the call has passed",
    });
    end("the sender's deadline has passed");
  };
  let timer = setTimeout(late, Math.min(timeoutMs, ARRIVAL_MS_MAX));
  let isOver = false;
  const close = () => {
    isOver = true;
    clearTimeout(timer);
  };
  stream.on("close", () => {
    if (isOver) return;
    close();
    end("the sender cancelled the call");
  });
  return {
    signal: abort.signal,
    arrived() {
      hasArrived = true;
      if (timeoutMs <= ARRIVAL_MS_MAX) return;
      clearTimeout(timer);
      if (timeoutMs <= TIMER_MS_MAX) timer = setTimeout(late, timeoutMs);
    },
    close,
  };
}

interface Work {
  readonly read: ReadMessage | UnreadableMessage;
  readonly encoding: MessageEncoding;
  readonly bytesMax: number;
  readonly reservation: Reservation;
  readonly signal: AbortSignal;
  readonly metadata: Metadata | undefined;
}

/** Never rejects. */
async function answerMessage(stream: ServerHttp2Stream, work: Work, ports: HandlePorts): Promise<void> {
  const { read, reservation, signal, metadata } = work;
  try {
    const bytes = await bytesOf(read, work);
    if ("problem" in bytes) refuse(stream, bytes, ports);
    else {
      const arrival = { bytes, transport: "grpc", signal, reservation, metadata } as const;
      replyTo(stream, await handle(arrival, ports));
    }
  } catch (error) {
    ports.onError(error);
    stream.destroy();
  } finally {
    reservation.release();
  }
}

async function bytesOf(
  read: ReadMessage | UnreadableMessage,
  { encoding, ...limits }: Work,
): Promise<Buffer | UnreadableMessage> {
  if ("problem" in read) return read;
  if (!read.isCompressed || encoding === "identity" || encoding === "unknown") return read.bytes;
  try {
    const unpacked = await decompress(read.bytes, encoding, limits);
    if (unpacked === "too-large") return tooLargeMessage(limits.bytesMax);
    return unpacked === "overloaded" ? OVERLOADED : unpacked;
  } catch {
    return {
      problem: "malformed",
      code: StatusCode.INTERNAL,
      message: "The message does not have the grpc-encoding that the call names.",
    };
  }
}

const BAD_TIMEOUT: UnreadableMessage = {
  problem: "other",
  code: StatusCode.INTERNAL,
  message: "grpc-timeout must be at most 8 digits and one of H M S m u n.",
};

function refuse(
  stream: ServerHttp2Stream,
  { problem, code, message }: UnreadableMessage,
  { observer }: HandlePorts,
): void {
  observer.refused(problem, "grpc");
  if (problem === "overloaded") replyTo(stream, overloadedAnswer("grpc"));
  else replyStatus(stream, { code, message });
}
