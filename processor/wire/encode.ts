import { Buffer } from "node:buffer";
import { type BackwardWriter, createBackwardWriter } from "./backward-writer.ts";
import { isList } from "./is-list.ts";
import type { AttributeValue } from "./record-view.ts";

/** A record to be made from something that is no OTLP: a line of a file, a generated event. */
export interface NewRecord {
  /** Nanoseconds since the epoch; 0n = unknown, then it is not written. */
  readonly timeUnixNano: bigint;
  /** Nanoseconds since the epoch. */
  readonly observedTimeUnixNano?: bigint;
  /** OTLP severity number, 1 to 24. */
  readonly severityNumber?: number;
  readonly severityText?: string;
  readonly body: AttributeValue;
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
  /** 32 hex digits. */
  readonly traceId?: string;
  /** 16 hex digits. */
  readonly spanId?: string;
  readonly eventName?: string;
}

/** Records of one resource and one scope. */
export interface NewResource {
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  readonly scopeName?: string;
  readonly records: readonly NewRecord[];
}

/** A guess for the first size of the buffer. */
const BYTES_PER_RECORD = 256;

/**
 * Encodes an ExportLogsServiceRequest (field numbers: opentelemetry-proto 1.11.0). A number becomes a double,
 * a bigint an integer, null an empty value. Fields with their default are left out, as proto3 has it.
 *
 * @throws RangeError for a trace or span id that is not hex of the right length, or a number out of its field's range.
 */
export function encodeRequest(resources: readonly NewResource[]): Uint8Array {
  const records = resources.reduce((sum, resource) => sum + resource.records.length, 0);
  const writer = createBackwardWriter(BYTES_PER_RECORD * (records + 1));
  for (const resource of resources.toReversed()) writer.message(1, () => writeResourceLogs(writer, resource));
  return writer.finish();
}

function writeResourceLogs(writer: BackwardWriter, { attributes, scopeName, records }: NewResource): void {
  writer.message(2, () => {
    for (let i = records.length - 1; i >= 0; i--) {
      const record = records[i];
      if (record) writer.message(2, () => writeRecord(writer, record));
    }
    if (scopeName) writer.message(1, () => writer.text(1, scopeName));
  });
  writer.message(1, () => writeAttributes(writer, 1, attributes));
}

function writeRecord(writer: BackwardWriter, record: NewRecord): void {
  if (record.eventName) writer.text(12, record.eventName);
  if (record.observedTimeUnixNano) writer.fixed64(11, record.observedTimeUnixNano);
  if (record.spanId) writer.bytes(10, idBytes("spanId", record.spanId, 8));
  if (record.traceId) writer.bytes(9, idBytes("traceId", record.traceId, 16));
  writeAttributes(writer, 6, record.attributes ?? {});
  if (record.body !== null) writer.message(5, () => writeValue(writer, record.body));
  if (record.severityText) writer.text(3, record.severityText);
  if (record.severityNumber) writer.varint(2, BigInt(record.severityNumber));
  if (record.timeUnixNano) writer.fixed64(1, record.timeUnixNano);
}

function writeAttributes(
  writer: BackwardWriter,
  field: number,
  attributes: Readonly<Record<string, AttributeValue>>,
): void {
  for (const [key, value] of Object.entries(attributes).reverse()) {
    writer.message(field, () => {
      writer.message(2, () => writeValue(writer, value));
      writer.text(1, key);
    });
  }
}

function writeValue(writer: BackwardWriter, value: AttributeValue): void {
  if (value === null) return;
  if (typeof value === "string") writer.text(1, value);
  else if (typeof value === "boolean") writer.varint(2, value ? 1n : 0n);
  else if (typeof value === "bigint") writer.varint(3, value);
  else if (typeof value === "number") writer.double(4, value);
  else if (value instanceof Uint8Array) writer.bytes(7, value);
  else if (isList(value)) {
    writer.message(5, () => {
      for (const item of value.toReversed()) writer.message(1, () => writeValue(writer, item));
    });
  } else writer.message(6, () => writeAttributes(writer, 1, value));
}

function idBytes(name: string, hex: string, byteCount: number): Uint8Array {
  const bytes = Buffer.from(hex, "hex");
  if (bytes.length !== byteCount || hex.length !== 2 * byteCount) {
    throw new RangeError(`${name} must be ${2 * byteCount} hex digits; got ${hex.length} characters.`);
  }
  return bytes;
}
