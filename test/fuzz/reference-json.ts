import { Buffer } from "node:buffer";
import { fromJson, type JsonValue, toBinary } from "@bufbuild/protobuf";
import { ExportLogsServiceRequestSchema } from "../../proto/gen/opentelemetry/proto/collector/logs/v1/logs_service_pb.js";

type JsonObject = { [key: string]: JsonValue };

/** The product's documented limit of brackets in brackets. */
const BRACKET_DEPTH_MAX = 272;
const RECURSION_MAX = 1_000;

/** What the reference says of an OTLP/JSON body. */
export interface JsonReading {
  /** The request as protobuf-es encodes it; undefined when it is none. */
  readonly request: Uint8Array | undefined;
  /**
   * The product may take or refuse it. It refuses, as a Collector does, what only protobuf's own JSON has (unknown names of
   * severities, integers as text with an exponent, base64 with spaces); it takes half of a surrogate pair, as U+FFFD, and
   * severities as text of digits.
   */
  readonly isOpen: boolean;
}

/** Reads a body by proto3's JSON mapping with the ids in hex (OTLP specification, "JSON Protobuf Encoding"). */
export function readingOfJson(body: Uint8Array): JsonReading {
  const text = Buffer.from(body).toString("utf8");
  if (bracketDepth(text) > BRACKET_DEPTH_MAX) return { request: undefined, isOpen: false };
  let json: JsonValue;
  try {
    json = JSON.parse(text, droppingNull) ?? null;
  } catch {
    return { request: undefined, isOpen: false };
  }
  return { isOpen: hasOpenText(json, ""), request: encoded(json) };
}

/** For JSON.parse: a field that is null is one that is not there, also beside the same field by its other name, which protobuf-es does not read. */
function droppingNull(this: unknown, _name: string, value: unknown): unknown {
  return value === null && !Array.isArray(this) ? undefined : value;
}

function encoded(json: JsonValue): Uint8Array | undefined {
  try {
    const options = { ignoreUnknownFields: true, recursionLimit: RECURSION_MAX };
    return toBinary(
      ExportLogsServiceRequestSchema,
      fromJson(ExportLogsServiceRequestSchema, withBase64Ids(json), options),
    );
  } catch {
    return undefined;
  }
}

function bracketDepth(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [bracket] of text.matchAll(/"(?:[^"\\]|\\[\s\S])*"?|[[\]{}]/g)) {
    if (bracket === "[" || bracket === "{") deepest = Math.max(deepest, ++depth);
    else if (bracket === "]" || bracket === "}") depth--;
  }
  return deepest;
}

/** What both take of a text, by the end of the field's name; any other text is open. */
const PLAIN: readonly (readonly [name: RegExp, text: RegExp])[] = [
  [/^severity_?number$/i, /^SEVERITY_NUMBER_(UNSPECIFIED|(TRACE|DEBUG|INFO|WARN|ERROR|FATAL)[2-4]?)$/],
  [/^bytes_?value$/i, /^([A-Za-z0-9+/_-]{4})*([A-Za-z0-9+/_-]{2,3}={0,2})?$/],
  [/(count|nano|int_?value|flags|strindex|double_?value)$/i, /^-?\d{1,20}$/],
];

function hasOpenText(value: JsonValue, key: string): boolean {
  if (typeof value === "string")
    return !value.isWellFormed() || PLAIN.some(([name, text]) => name.test(key) && !text.test(value));
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(
    ([name, inner]) => !name.isWellFormed() || hasOpenText(inner, Array.isArray(value) ? key : name),
  );
}

const ID_BYTES: Readonly<Record<string, number>> = { traceId: 16, trace_id: 16, spanId: 8, span_id: 8 };

/** Replaces the ids of log records by base64; throws where one is no id. */
function withBase64Ids(request: JsonValue): JsonValue {
  for (const resource of listIn(request, "resourceLogs", "resource_logs"))
    for (const scope of listIn(resource, "scopeLogs", "scope_logs"))
      for (const record of listIn(scope, "logRecords", "log_records"))
        if (isObject(record)) idsToBase64(record);
  return request;
}

function idsToBase64(record: JsonObject): void {
  for (const [key, bytes] of Object.entries(ID_BYTES)) {
    const id = record[key];
    if (id === undefined || id === null) continue;
    if (typeof id !== "string" || !/^([0-9a-f]{2})*$/i.test(id) || ![0, 2 * bytes].includes(id.length))
      throw new Error("not an id");
    record[key] = Buffer.from(id, "hex").toString("base64");
  }
}

function listIn(value: JsonValue, ...names: readonly string[]): readonly JsonValue[] {
  if (!isObject(value)) return [];
  return names.flatMap((name) => value[name] ?? []);
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
