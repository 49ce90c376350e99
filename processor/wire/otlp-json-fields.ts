/** How a field's JSON value is checked and written. The integer kinds are named as in protobuf. */
export type ScalarKind =
  | "text"
  | "base64"
  | "traceId"
  | "spanId"
  | "bool"
  | "double"
  | "int32"
  | "int64"
  | "uint32"
  | "fixed32"
  | "fixed64"
  | "severityNumber";

/** One field of a message in OTLP/JSON. */
export interface JsonField {
  /** lowerCamelCase. */
  readonly name: string;
  readonly number: number;
  readonly kind: ScalarKind | (() => JsonMessage);
  readonly isRepeated?: true;
  /** Another name that senders use. */
  readonly alias?: string;
}

/** A message's fields, by number. */
export interface JsonMessage {
  readonly fields: readonly JsonField[];
  /** At most one field may be set, and one that is set is written even with its default. */
  readonly isOneOf?: true;
}

// Names, numbers and kinds: opentelemetry-proto 1.11.0.
const anyValue: JsonMessage = {
  isOneOf: true,
  fields: [
    { name: "stringValue", number: 1, kind: "text", alias: "string_value" },
    { name: "boolValue", number: 2, kind: "bool", alias: "bool_value" },
    { name: "intValue", number: 3, kind: "int64", alias: "int_value" },
    { name: "doubleValue", number: 4, kind: "double", alias: "double_value" },
    { name: "arrayValue", number: 5, kind: () => arrayValue, alias: "array_value" },
    { name: "kvlistValue", number: 6, kind: () => keyValueList, alias: "kvlist_value" },
    { name: "bytesValue", number: 7, kind: "base64", alias: "bytes_value" },
    { name: "stringValueStrindex", number: 8, kind: "int32", alias: "string_value_strindex" },
  ],
};

const arrayValue: JsonMessage = {
  fields: [{ name: "values", number: 1, kind: () => anyValue, isRepeated: true }],
};

const keyValueList: JsonMessage = {
  fields: [{ name: "values", number: 1, kind: () => keyValue, isRepeated: true }],
};

const keyValue: JsonMessage = {
  fields: [
    { name: "key", number: 1, kind: "text" },
    { name: "value", number: 2, kind: () => anyValue },
    { name: "keyStrindex", number: 3, kind: "int32", alias: "key_strindex" },
  ],
};

const entityRef: JsonMessage = {
  fields: [
    { name: "schemaUrl", number: 1, kind: "text", alias: "schema_url" },
    { name: "type", number: 2, kind: "text" },
    { name: "idKeys", number: 3, kind: "text", isRepeated: true, alias: "id_keys" },
    { name: "descriptionKeys", number: 4, kind: "text", isRepeated: true, alias: "description_keys" },
  ],
};

const resource: JsonMessage = {
  fields: [
    { name: "attributes", number: 1, kind: () => keyValue, isRepeated: true },
    { name: "droppedAttributesCount", number: 2, kind: "uint32", alias: "dropped_attributes_count" },
    { name: "entityRefs", number: 3, kind: () => entityRef, isRepeated: true, alias: "entity_refs" },
  ],
};

const scope: JsonMessage = {
  fields: [
    { name: "name", number: 1, kind: "text" },
    { name: "version", number: 2, kind: "text" },
    { name: "attributes", number: 3, kind: () => keyValue, isRepeated: true },
    { name: "droppedAttributesCount", number: 4, kind: "uint32", alias: "dropped_attributes_count" },
  ],
};

const logRecord: JsonMessage = {
  fields: [
    { name: "timeUnixNano", number: 1, kind: "fixed64", alias: "time_unix_nano" },
    { name: "severityNumber", number: 2, kind: "severityNumber", alias: "severity_number" },
    { name: "severityText", number: 3, kind: "text", alias: "severity_text" },
    { name: "body", number: 5, kind: () => anyValue },
    { name: "attributes", number: 6, kind: () => keyValue, isRepeated: true },
    { name: "droppedAttributesCount", number: 7, kind: "uint32", alias: "dropped_attributes_count" },
    // Fluent Bit calls the flags traceFlags.
    { name: "flags", number: 8, kind: "fixed32", alias: "traceFlags" },
    { name: "traceId", number: 9, kind: "traceId", alias: "trace_id" },
    { name: "spanId", number: 10, kind: "spanId", alias: "span_id" },
    { name: "observedTimeUnixNano", number: 11, kind: "fixed64", alias: "observed_time_unix_nano" },
    { name: "eventName", number: 12, kind: "text", alias: "event_name" },
  ],
};

const scopeLogs: JsonMessage = {
  fields: [
    { name: "scope", number: 1, kind: () => scope },
    { name: "logRecords", number: 2, kind: () => logRecord, isRepeated: true, alias: "log_records" },
    { name: "schemaUrl", number: 3, kind: "text", alias: "schema_url" },
  ],
};

const resourceLogs: JsonMessage = {
  fields: [
    { name: "resource", number: 1, kind: () => resource },
    { name: "scopeLogs", number: 2, kind: () => scopeLogs, isRepeated: true, alias: "scope_logs" },
    { name: "schemaUrl", number: 3, kind: "text", alias: "schema_url" },
  ],
};

/** ExportLogsServiceRequest in OTLP/JSON. */
export const exportLogsServiceRequest: JsonMessage = {
  fields: [
    { name: "resourceLogs", number: 1, kind: () => resourceLogs, isRepeated: true, alias: "resource_logs" },
  ],
};
