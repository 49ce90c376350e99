import { Buffer } from "node:buffer";
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { jsonToProtobuf } from "../../processor/wire/json.ts";
import { ExportLogsServiceRequestSchema } from "../../proto/gen/opentelemetry/proto/collector/logs/v1/logs_service_pb.js";
import { readBody } from "./decode-body.ts";
import type { FuzzCase } from "./fuzz-case.ts";
import { type Heard, isSuccess } from "./heard.ts";
import { readingOfJson } from "./reference-json.ts";
import { isReadByProtobufEs, readingOf } from "./reference-reader.ts";

/** What must become of a case. */
export interface Expectation {
  /** `open`: either is right, but what is acknowledged must arrive and what is refused must not. */
  readonly verdict: "taken" | "refused" | "open";
  /** The request that arrives where it is taken; undefined: nothing may arrive. */
  readonly request: Uint8Array | undefined;
  /** Right answers to a refused one: HTTP status codes, and gRPC codes. */
  readonly http: readonly number[];
  readonly grpc: readonly number[];
  /** Whether an end without an answer is right, because the sender left in the middle. */
  readonly mayClose: boolean;
  /** The references do not agree with each other: a mistake of the harness, or worth a look. */
  readonly dispute?: string;
}

const MALFORMED = { http: [400], grpc: [3] };
const UNSUPPORTED = { http: [415], grpc: [12, 13] };
const TOO_LARGE = { http: [413], grpc: [8] };
/** gRPC codes that tell an OTLP sender not to try again (OTLP specification, "Failures"). */
const PERMANENT = [2, 3, 5, 6, 7, 9, 12, 13, 16];
/** What a broken head may be answered with. */
const BROKEN_HEAD = [400, 404, 405, 408, 411, 413, 414, 415, 417, 426, 431, 501, 505];

/** What must become of a case at a stage that takes requests of so many bytes. */
export function expectationOf(one: FuzzCase, bytesMax: number): Expectation {
  if (one.door === "raw-http" || one.door === "raw-grpc")
    return { ...refused({ http: BROKEN_HEAD, grpc: PERMANENT }), mayClose: true };
  const expected = one.door === "http" ? httpExpectation(one, bytesMax) : grpcExpectation(one, bytesMax);
  const { pace } = one;
  if (pace.kind !== "reset" && pace.kind !== "half-close") return expected;
  const promised = Number(one.headers.find(([name]) => name === "content-length")?.[1] ?? one.body.length);
  if (pace.cutAt >= promised) return { ...expected, verdict: "open", mayClose: true };
  if (one.door === "grpc" && pace.kind === "half-close")
    return grpcExpectation({ ...one, body: one.body.subarray(0, pace.cutAt) }, bytesMax);
  return { ...leftInTheMiddle(one, pace.cutAt, bytesMax), mayClose: true };
}

/**
 * What is compressed says itself where it ends, and may be answered before the rest of the body has come; nothing else is a
 * request before it is whole.
 */
function leftInTheMiddle(one: FuzzCase, cutAt: number, bytesMax: number): Expectation {
  const isCompressed = one.headers.some(([name]) => name === "content-encoding");
  const headers = one.headers.filter(([name]) => name !== "content-length");
  const so = isCompressed
    ? httpExpectation({ ...one, headers, body: one.body.subarray(0, cutAt) }, bytesMax)
    : undefined;
  const http = [400, 404, 405, 408, 413, 415];
  return so?.request === undefined
    ? refused({ http, grpc: PERMANENT })
    : { ...so, verdict: "open", http, grpc: PERMANENT };
}

function httpExpectation(one: FuzzCase, bytesMax: number): Expectation {
  const header = (name: string) => one.headers.find(([own]) => own.toLowerCase() === name)?.[1];
  if (one.path.split("?")[0] !== "/v1/logs") return refused({ http: [404], grpc: [] });
  if (one.method !== "POST") return refused({ http: [405], grpc: [] });
  const type = (header("content-type") ?? "").split(";")[0]?.trim().toLowerCase();
  if (type !== "application/x-protobuf" && type !== "application/json") return refused(UNSUPPORTED);
  const length = header("content-length");
  const sent = length === undefined ? one.body : one.body.subarray(0, Number(length));
  const expected = bodyExpectation(sent, header("content-encoding"), type === "application/json", bytesMax);
  // The bytes behind the body are no request: their refusal may be heard in the place of its answer.
  return sent.length < one.body.length
    ? { ...expected, verdict: "open", http: [400, 413], mayClose: true }
    : expected;
}

function bodyExpectation(
  sent: Uint8Array,
  named: string | undefined,
  isJson: boolean,
  bytesMax: number,
): Expectation {
  const encoding = (named ?? "identity").trim().toLowerCase();
  const body = readBody(sent, encoding, bytesMax);
  if (body instanceof Uint8Array) return isJson ? jsonExpectation(body) : protobufExpectation(body);
  // What is both damaged and too large is refused for what is seen first.
  return encoding === "identity" || body.problem === "unsupported"
    ? refusedBody(body.problem)
    : refused({ http: [400, 413], grpc: [] });
}

const EXPORT = "/opentelemetry.proto.collector.logs.v1.LogsService/Export";

function grpcExpectation(one: FuzzCase, bytesMax: number): Expectation {
  const header = (name: string) => one.headers.find(([own]) => own.toLowerCase() === name)?.[1];
  const isCall =
    one.method === "POST" &&
    one.path === EXPORT &&
    header("content-type")?.startsWith("application/grpc") === true;
  return isCall
    ? frameExpectation(Buffer.from(one.body), header("grpc-encoding") ?? "identity", bytesMax)
    : refused({ http: [], grpc: PERMANENT });
}

function frameExpectation(frame: Buffer, encoding: string, bytesMax: number): Expectation {
  const permanent = refused({ http: [], grpc: PERMANENT });
  if (frame.length < 5) return permanent;
  const [flag = 0] = frame;
  const length = frame.readUInt32BE(1);
  if (length > bytesMax || frame.length < 5 + length)
    return refused({ http: [], grpc: [...TOO_LARGE.grpc, ...PERMANENT] });
  const isCompressed = flag === 1 && encoding !== "identity";
  if (isCompressed && !["gzip", "deflate"].includes(encoding)) return permanent;
  const sent = frame.subarray(5, 5 + length);
  const named = isCompressed ? encoding : "identity";
  const body = readBody(sent, named, bytesMax);
  // A flag that says what is not so, and bytes behind the message.
  const isWellFramed = flag === Number(isCompressed) && frame.length === 5 + length;
  if (!(body instanceof Uint8Array)) {
    if (body.problem === "malformed") return permanent;
    // What is framed badly or damaged too is refused for what is seen first.
    return isWellFramed && !isDamaged(sent, named)
      ? refusedBody(body.problem)
      : refused({ http: [], grpc: [...TOO_LARGE.grpc, ...PERMANENT] });
  }
  return isWellFramed ? protobufExpectation(body) : permanent;
}

/** Far beyond what any stage takes at once. */
const UNPACKED_BYTES_MAX = 64 * 1024 * 1024;

/** Whether what is too large also breaks off, or is no such encoding from somewhere on. */
function isDamaged(sent: Uint8Array, encoding: string): boolean {
  const body = readBody(sent, encoding, UNPACKED_BYTES_MAX);
  return !(body instanceof Uint8Array) && body.problem === "malformed";
}

function protobufExpectation(bytes: Uint8Array): Expectation {
  const { fault, hasLongTags } = readingOf(bytes);
  if (fault !== undefined) return refused(MALFORMED);
  return isReadByProtobufEs(bytes) || hasLongTags
    ? taken(bytes)
    : { ...taken(bytes), dispute: "protobuf-es does not read what the reference reads" };
}

function jsonExpectation(body: Uint8Array): Expectation {
  const { request, isOpen } = readingOfJson(body);
  const converted = convert(body);
  if (isOpen) return { ...open(converted), ...MALFORMED };
  if (request === undefined || readingOf(request).fault !== undefined) return refused(MALFORMED);
  if (converted === undefined) return taken(request);
  return Buffer.compare(canonical(converted), canonical(request)) === 0
    ? taken(converted)
    : { ...taken(converted), dispute: "the JSON means something else to protobuf-es" };
}

/** The product's own protobuf of a JSON body: the bytes that must arrive. Whether it means the same is asked beside it. */
function convert(body: Uint8Array): Uint8Array | undefined {
  try {
    return jsonToProtobuf(body);
  } catch {
    return undefined;
  }
}

function canonical(request: Uint8Array): Uint8Array {
  const schema = ExportLogsServiceRequestSchema;
  return toBinary(schema, fromBinary(schema, request, { recursionLimit: 1_000 }));
}

function refusedBody(problem: "malformed" | "unsupported" | "too-large"): Expectation {
  if (problem === "malformed") return refused(MALFORMED);
  return refused(problem === "unsupported" ? UNSUPPORTED : TOO_LARGE);
}

function refused(codes: { readonly http: readonly number[]; readonly grpc: readonly number[] }): Expectation {
  return { verdict: "refused", request: undefined, mayClose: false, ...codes };
}

function taken(request: Uint8Array): Expectation {
  return { verdict: "taken", request, mayClose: false, http: [], grpc: [] };
}

function open(request: Uint8Array | undefined): Expectation {
  return { verdict: "open", request, mayClose: false, http: [400, 408, 431], grpc: PERMANENT };
}

/** What is wrong with an answer; undefined when it is right. */
export function problemOf(expected: Expectation, heard: Heard): string | undefined {
  if (expected.dispute !== undefined) return expected.dispute;
  if (heard.kind === "closed") return expected.mayClose ? undefined : `no answer: ${heard.reason}`;
  if (isSuccess(heard)) return expected.verdict === "refused" ? "acknowledged what is no request" : undefined;
  if (expected.verdict === "taken") return `refused what is a request: ${JSON.stringify(heard)}`;
  return isRightRefusal(expected, heard)
    ? undefined
    : `${JSON.stringify(heard)} in the place of HTTP ${expected.http.join(" or ")}, gRPC ${expected.grpc.join(" or ")}`;
}

/** What will never be taken must not be tried again, and what HTTP says of a call need not have a gRPC code. */
function isRightRefusal(expected: Expectation, heard: Exclude<Heard, { kind: "closed" }>): boolean {
  if (heard.kind === "http") return !heard.retryAfter && expected.http.includes(heard.status);
  return expected.grpc.includes(heard.code) || (heard.code < 0 && [404, 405, 415].includes(heard.httpStatus));
}
