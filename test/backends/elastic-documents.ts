import { attributesJson, bodyOf, type SentRecord } from "./sent-records.ts";

/**
 * The document that the Collector's elasticsearch exporter makes of a record in its default mapping (otel).
 * It writes a double always with a point: 1.0, not 1.
 * Source: exporter/elasticsearchexporter, otelserializer/logs.go and jsonwriter.go.
 */
export function otelDocument(sent: SentRecord): string {
  const { record, resource, scopeName } = sent;
  const fields = [
    `"@timestamp":${JSON.stringify(timeText(record.timeUnixNano || record.observedTimeUnixNano))}`,
    `"observed_timestamp":${JSON.stringify(timeText(record.observedTimeUnixNano))}`,
    '"data_stream":{"type":"logs","dataset":"generic.otel","namespace":"default"}',
    `"severity_text":${JSON.stringify(record.severityText)}`,
    `"severity_number":${record.severityNumber}`,
    `"attributes":${attributesJson(record.attributes, withPoint)}`,
    `"resource":{"attributes":${attributesJson(resource, withPoint)}}`,
    `"scope":${JSON.stringify(scopeName === "" ? {} : { name: scopeName })}`,
    `"body":{"text":${JSON.stringify(bodyOf(sent))}}`,
  ];
  return `{${fields.join(",")}}`;
}

/** Milliseconds, a point, nanoseconds within the last of them. */
function timeText(nanoseconds: bigint): string {
  return `${nanoseconds / 1_000_000n}.${nanoseconds % 1_000_000n}`;
}

/** A double as the exporter writes it. */
export function withPoint(value: number): string {
  const text = String(value);
  return text.includes(".") ? text : text.replace(/^-?\d+/, "$&.0");
}

/** Keys that the exporter takes out of a record's attributes, because they route its document. */
export const ROUTING_KEYS: readonly string[] = [
  "data_stream.type",
  "data_stream.dataset",
  "data_stream.namespace",
  "elasticsearch.mapping.hints",
  "elastic.mapping.mode",
  "elasticsearch.document_id",
  "elasticsearch.document_pipeline",
  "elasticsearch.index",
];

/**
 * The type that Elasticsearch gives a new field under `attributes`, by its template for these data streams (otel@mappings):
 * dynamic, dates not guessed from texts, a map as a whole `flattened`.
 *
 * @param json the field's value as it stands in the document
 */
export function dynamicType(json: string): string {
  const value: unknown = JSON.parse(json);
  if (typeof value === "string") return "keyword";
  if (typeof value === "boolean") return "boolean";
  if (typeof value === "number") return /[.eE]/.test(json) ? "float" : "long";
  return "flattened";
}
