import { attributesJson, bodyOf, type SentRecord } from "./sent-records.ts";

/** Where the Collector's opensearch exporter puts logs, unless told otherwise. */
export const SS4O_INDEX = "ss4o_logs-default-namespace";

/**
 * The document that the Collector's opensearch exporter makes of a record, in its default mapping (ss4o), but for what is empty.
 * It writes a double without a fraction as an integer: 1, not 1.0.
 * Source: exporter/opensearchexporter, encodeLogSSO and ssoRecord.
 */
export function ss4oDocument(sent: SentRecord): string {
  const { record, resource, scopeName } = sent;
  const double = (value: number) => JSON.stringify(value);
  const time = JSON.stringify(new Date(Number(record.timeUnixNano / 1_000_000n)).toISOString());
  const severity = { text: record.severityText, number: record.severityNumber };
  // The exporter's mark of its data stream, among the attributes.
  const mark = JSON.stringify({ dataset: "default", namespace: "namespace", type: "record" });
  const attributes = attributesJson(record.attributes, double).replace(/^\{/, `{"data_stream":${mark},`);
  return [
    `{"@timestamp":${time},"observedTimestamp":${time}`,
    `"body":${JSON.stringify(bodyOf(sent))}`,
    `"severity":${JSON.stringify(severity)}`,
    `"attributes":${attributes}`,
    `"resource":${attributesJson(resource, double)}`,
    `"instrumentationScope":${JSON.stringify({ name: scopeName })}}`,
  ].join(",");
}
