import {
  create,
  createFileRegistry,
  type DescField,
  type DescMessage,
  fromBinary,
  ScalarType,
} from "@bufbuild/protobuf";
import {
  type FieldDescriptorProto,
  FieldDescriptorProto_Type,
  type FileDescriptorProto,
  FileDescriptorSetSchema,
} from "@bufbuild/protobuf/wkt";
import { file_opentelemetry_proto_collector_logs_v1_logs_service } from "../../proto/gen/opentelemetry/proto/collector/logs/v1/logs_service_pb.js";

/** Why bytes are no request. "depth" is a limit of the product's, the others are the encoding's rules. */
export type Fault = "cut" | "varint" | "tag" | "wire type" | "group" | "depth";

class FaultError extends Error {
  readonly fault: Fault;
  constructor(fault: Fault) {
    super(fault);
    this.fault = fault;
  }
}

/** Arrays and lists nested in a value, and groups in groups: the product's documented limit. */
const DEPTH_MAX = 64;
const REQUEST = "opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest";
const LISTS = new Set([
  "opentelemetry.proto.common.v1.ArrayValue",
  "opentelemetry.proto.common.v1.KeyValueList",
]);

const requestSchema = lenientSchema();

/** What the reference reader says of bytes. */
export interface Reading {
  /** undefined: a valid request. */
  readonly fault: Fault | undefined;
  /** Some tag has more than five bytes: taken by the product and by a Collector, not by protobuf-es. */
  readonly hasLongTags: boolean;
}

/**
 * What is wrong with the bytes as an ExportLogsServiceRequest, by a reader of its own that was written from
 * protobuf.dev/programming-guides/encoding and walks the generated descriptors. Text may be no
 * UTF-8, a known field of another wire type is a fault (as for a Collector).
 */
export function readingOf(bytes: Uint8Array): Reading {
  const reader: Reader = { bytes, at: 0, hasLongTags: false };
  try {
    checkMessage(reader, bytes.length, requestSchema, 0);
    return { fault: undefined, hasLongTags: reader.hasLongTags };
  } catch (error) {
    if (!(error instanceof FaultError)) throw error;
    return { fault: error.fault, hasLongTags: reader.hasLongTags };
  }
}

/** Whether protobuf-es reads the bytes, with every string as bytes (which need be no UTF-8). */
export function isReadByProtobufEs(bytes: Uint8Array): boolean {
  try {
    fromBinary(requestSchema, bytes, { recursionLimit: 1_000 });
    return true;
  } catch {
    return false;
  }
}

/** The generated schema with every string as bytes: a relay does not look at text. */
function lenientSchema(): DescMessage {
  const files = new Map<string, FileDescriptorProto>();
  const add = (file: typeof file_opentelemetry_proto_collector_logs_v1_logs_service): void => {
    for (const dependency of file.dependencies) add(dependency);
    files.set(file.proto.name, structuredClone(file.proto));
  };
  add(file_opentelemetry_proto_collector_logs_v1_logs_service);
  const file = [...files.values()];
  for (const { messageType } of file)
    for (const { field } of messageType) for (const one of field) stringToBytes(one);
  const schema = createFileRegistry(create(FileDescriptorSetSchema, { file })).getMessage(REQUEST);
  if (schema === undefined) throw new Error(`${REQUEST} is not in the descriptors`);
  return schema;
}

function stringToBytes(field: FieldDescriptorProto): void {
  if (field.type === FieldDescriptorProto_Type.STRING) field.type = FieldDescriptorProto_Type.BYTES;
}

interface Reader {
  readonly bytes: Uint8Array;
  at: number;
  hasLongTags: boolean;
}

function checkMessage(reader: Reader, end: number, schema: DescMessage, depth: number): void {
  while (reader.at < end) {
    const { field, wire } = takeTag(reader, end);
    const known = schema.fields.find(({ number }) => number === field);
    if (known === undefined) skipUnknown(reader, end, field, wire, 0);
    else checkKnown(reader, end, known, wire, depth);
  }
}

function checkKnown(reader: Reader, end: number, field: DescField, wire: number, depth: number): void {
  if (wire !== wireOf(field)) throw new FaultError("wire type");
  if (field.message === undefined) {
    skip(reader, end, wire);
    return;
  }
  const length = takeLength(reader, end);
  const inner = LISTS.has(field.message.typeName) ? depth + 1 : depth;
  if (inner > DEPTH_MAX) throw new FaultError("depth");
  checkMessage(reader, reader.at + length, field.message, inner);
}

function wireOf(field: DescField): number {
  if (field.message !== undefined) return 2;
  switch (field.scalar) {
    case ScalarType.BYTES:
      return 2;
    case ScalarType.DOUBLE:
    case ScalarType.FIXED64:
      return 1;
    case ScalarType.FIXED32:
      return 5;
    default:
      return 0;
  }
}

function takeTag(reader: Reader, end: number): { readonly field: number; readonly wire: number } {
  const start = reader.at;
  const tag = takeVarint(reader, end);
  if (reader.at - start > 5) reader.hasLongTags = true;
  const field = tag >> 3n;
  if (field < 1n || field >= 2n ** 29n) throw new FaultError("tag");
  return { field: Number(field), wire: Number(tag & 7n) };
}

function skipUnknown(reader: Reader, end: number, field: number, wire: number, depth: number): void {
  if (wire !== 3) {
    skip(reader, end, wire);
    return;
  }
  if (depth >= DEPTH_MAX) throw new FaultError("depth");
  for (;;) {
    if (reader.at >= end) throw new FaultError("group");
    const inner = takeTag(reader, end);
    if (inner.wire !== 4) skipUnknown(reader, end, inner.field, inner.wire, depth + 1);
    else if (inner.field === field) return;
    else throw new FaultError("group");
  }
}

function skip(reader: Reader, end: number, wire: number): void {
  if (wire === 0) takeVarint(reader, end);
  else if (wire === 2) advance(reader, end, takeLength(reader, end));
  else if (wire === 1) advance(reader, end, 8);
  else if (wire === 5) advance(reader, end, 4);
  else throw new FaultError(wire === 4 ? "group" : "tag");
}

function advance(reader: Reader, end: number, bytes: number): void {
  if (reader.at + bytes > end) throw new FaultError("cut");
  reader.at += bytes;
}

function takeLength(reader: Reader, end: number): number {
  const length = takeVarint(reader, end);
  if (length > BigInt(end - reader.at)) throw new FaultError("cut");
  return Number(length);
}

function takeVarint(reader: Reader, end: number): bigint {
  let value = 0n;
  for (let i = 0n; i < 10n; i++) {
    if (reader.at >= end) throw new FaultError("cut");
    const byte = reader.bytes[reader.at++] ?? 0;
    value |= BigInt(byte & 0x7f) << (7n * i);
    if (byte < 0x80) {
      if (value >= 2n ** 64n) throw new FaultError("varint");
      return value;
    }
  }
  throw new FaultError("varint");
}
