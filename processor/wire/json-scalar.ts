import { Buffer } from "node:buffer";
import type { BackwardWriter } from "./backward-writer.ts";
import type { ScalarKind } from "./otlp-json-fields.ts";

const INTEGER_RANGES = {
  int32: [-(2n ** 31n), 2n ** 31n - 1n, "a 32-bit integer"],
  int64: [-(2n ** 63n), 2n ** 63n - 1n, "a 64-bit integer as a number or digits"],
  uint32: [0n, 2n ** 32n - 1n, "an unsigned 32-bit integer"],
  fixed32: [0n, 2n ** 32n - 1n, "an unsigned 32-bit integer"],
  fixed64: [0n, 2n ** 64n - 1n, "an unsigned 64-bit integer as a number or digits"],
  severityNumber: [-(2n ** 31n), 2n ** 31n - 1n, "a severity number"],
} as const;

const SEVERITIES = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];
const SEVERITY_STEPS = 4;

/**
 * Writes one JSON value as a protobuf field.
 *
 * @param withDefault whether a zero, false or empty value is written too (in lists and one-ofs).
 * @returns what was expected, when the value is not of this kind.
 */
export function writeScalar(
  writer: BackwardWriter,
  field: number,
  kind: ScalarKind,
  value: unknown,
  withDefault: boolean,
): string | undefined {
  switch (kind) {
    case "text":
      if (typeof value !== "string") return "a string";
      if (withDefault || value !== "") writer.text(field, value);
      return undefined;
    case "bool":
      if (typeof value !== "boolean") return "true or false";
      if (withDefault || value) writer.varint(field, value ? 1n : 0n);
      return undefined;
    case "double":
      return writeDouble(writer, field, value, withDefault);
    case "base64":
      return writeBytes(writer, field, decodeBase64(value), "base64", withDefault);
    case "traceId":
      return writeBytes(writer, field, decodeId(value, 16), "32 hex digits", withDefault);
    case "spanId":
      return writeBytes(writer, field, decodeId(value, 8), "16 hex digits", withDefault);
    default:
      return writeInteger(writer, field, kind, value, withDefault);
  }
}

function writeDouble(
  writer: BackwardWriter,
  field: number,
  value: unknown,
  withDefault: boolean,
): string | undefined {
  const number = toDouble(value);
  if (number === undefined) return "a number";
  if (withDefault || !Object.is(number, 0)) writer.double(field, number);
  return undefined;
}

function toDouble(value: unknown): number | undefined {
  if (typeof value === "number" || typeof value === "bigint") return Number(value);
  if (value === "NaN" || value === "Infinity" || value === "-Infinity") return Number(value);
  return typeof value === "string" && /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(value)
    ? Number(value)
    : undefined;
}

function writeBytes(
  writer: BackwardWriter,
  field: number,
  bytes: Uint8Array | undefined,
  expected: string,
  withDefault: boolean,
): string | undefined {
  if (!bytes) return expected;
  if (withDefault || bytes.length > 0) writer.bytes(field, bytes);
  return undefined;
}

/** Both alphabets, with or without padding, as protobuf's JSON has it. */
function decodeBase64(value: unknown): Uint8Array | undefined {
  if (typeof value !== "string" || !/^[A-Za-z0-9+/_-]*={0,2}$/.test(value)) return undefined;
  return value.replace(/=+$/, "").length % 4 === 1 ? undefined : Buffer.from(value, "base64");
}

/** An empty id is an absent one. */
function decodeId(value: unknown, byteCount: number): Uint8Array | undefined {
  if (typeof value !== "string" || !/^[0-9a-fA-F]*$/.test(value)) return undefined;
  return value.length === 0 || value.length === 2 * byteCount ? Buffer.from(value, "hex") : undefined;
}

function writeInteger(
  writer: BackwardWriter,
  field: number,
  kind: keyof typeof INTEGER_RANGES,
  value: unknown,
  withDefault: boolean,
): string | undefined {
  const [min, max, expected] = INTEGER_RANGES[kind];
  const integer = (kind === "severityNumber" ? severityByName(value) : undefined) ?? toInteger(value);
  if (integer === undefined || integer < min || integer > max) return expected;
  if (!withDefault && integer === 0n) return undefined;
  if (kind === "fixed32") writer.fixed32(field, Number(integer));
  else if (kind === "fixed64") writer.fixed64(field, integer);
  else writer.varint(field, integer);
  return undefined;
}

function toInteger(value: unknown): bigint | undefined {
  if (typeof value === "bigint") return value;
  if (typeof value === "number") return Number.isInteger(value) ? BigInt(value) : undefined;
  return typeof value === "string" && /^-?\d{1,20}$/.test(value) ? BigInt(value) : undefined;
}

/** "SEVERITY_NUMBER_INFO2" is 10: six names with four steps each, from TRACE = 1. */
function severityByName(value: unknown): bigint | undefined {
  if (value === "SEVERITY_NUMBER_UNSPECIFIED") return 0n;
  const [, name, step] =
    (typeof value === "string" && /^SEVERITY_NUMBER_([A-Z]+)([2-4]?)$/.exec(value)) || [];
  const place = SEVERITIES.indexOf(name ?? "");
  return place < 0 ? undefined : BigInt(place * SEVERITY_STEPS + Number(step || 1));
}
