/** A value of an OTLP attribute or body (AnyValue); bytes stay bytes, 64-bit integers are bigint. */
export type AttributeValue =
  | string
  | number
  | bigint
  | boolean
  | Uint8Array
  | null
  | readonly AttributeValue[]
  | { readonly [key: string]: AttributeValue };

/** One log record seen through its OTLP bytes; nothing is decoded before it is asked for. */
export interface RecordView {
  /** Index of the record within its request, in wire order. */
  readonly index: number;
  /** Nanoseconds since the epoch; 0n when the sender did not set it. */
  readonly timeUnixNano: bigint;
  /** Nanoseconds since the epoch; 0n when the sender did not set it. */
  readonly observedTimeUnixNano: bigint;
  /** OTLP severity number, 0 (unspecified) to 24. */
  readonly severityNumber: number;
  readonly severityText: string;
  /** The body as text: a string value as it is, any other kind as compact JSON, "" when absent. */
  readonly body: string;
  /** 32 lower-case hex digits, or undefined when absent or all zero. */
  readonly traceId: string | undefined;
  /** A positive number that in this process stands for the record's bytes and its resource's; 0 when the sender set neither time. */
  readonly fingerprint: number;
  /** The value of the record's attribute `key`, the last one where the key is doubled. */
  attribute(key: string): AttributeValue | undefined;
  /** The record's resource: one object for all of its records in a request. */
  readonly resource: object;
  /** The value of the attribute `key` of the record's resource. */
  resourceAttribute(key: string): AttributeValue | undefined;
}

/** An ExportLogsServiceRequest: its undecoded bytes and a view of each record in it. */
export interface ExportRequest {
  readonly bytes: Uint8Array;
  readonly records: readonly RecordView[];
}

/** An attribute to be written into a record. A number is written as a double, always: a backend that
 * maps a field by its first value must not see an integer once and a double later. */
export interface NewAttribute {
  readonly key: string;
  /** undefined: the key is taken away where a record has it. */
  readonly value: string | number | boolean | undefined;
}

/** The bytes are no valid ExportLogsServiceRequest. Permanent: the same bytes will never be valid. */
export class MalformedRequestError extends Error {
  override readonly name = "MalformedRequestError";
}
