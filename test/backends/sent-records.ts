import { fromBinary } from "@bufbuild/protobuf";
import { ExportLogsServiceRequestSchema } from "../../proto/gen/opentelemetry/proto/collector/logs/v1/logs_service_pb.js";
import type { AnyValue, KeyValue } from "../../proto/gen/opentelemetry/proto/common/v1/common_pb.js";
import type { LogRecord } from "../../proto/gen/opentelemetry/proto/logs/v1/logs_pb.js";

/** A record in a request that logbert sent, with what it shares with others. */
export interface SentRecord {
  readonly record: LogRecord;
  readonly resource: readonly KeyValue[];
  readonly scopeName: string;
}

/** The records of requests, in order. */
export function sentRecords(requests: readonly Uint8Array[]): SentRecord[] {
  return requests
    .flatMap((bytes) => fromBinary(ExportLogsServiceRequestSchema, bytes).resourceLogs)
    .flatMap(({ resource, scopeLogs }) =>
      scopeLogs.flatMap(({ scope, logRecords }) =>
        logRecords.map((record) => ({
          record,
          resource: resource?.attributes ?? [],
          scopeName: scope?.name ?? "",
        })),
      ),
    );
}

/** The value of one of its attributes. */
export function attributeOf({ record }: SentRecord, key: string): AnyValue["value"] | undefined {
  return record.attributes.find((one) => one.key === key)?.value?.value;
}

/** anomaly.score, or NaN without one. */
export function scoreOf(sent: SentRecord): number {
  const value = attributeOf(sent, "anomaly.score");
  return value?.case === "doubleValue" ? value.value : Number.NaN;
}

/** The text of its body. */
export function bodyOf({ record }: SentRecord): string {
  const value = record.body?.value;
  return value?.case === "stringValue" ? value.value : "";
}

/**
 * Attributes as a JSON object, in the way of an exporter; only of the kinds that logbert and these tests write.
 *
 * @param double how it writes a number with a fraction
 */
export function attributesJson(attributes: readonly KeyValue[], double: (value: number) => string): string {
  const pairs = attributes.map(({ key, value }) => `${JSON.stringify(key)}:${valueJson(value, double)}`);
  return `{${pairs.join(",")}}`;
}

/** One value as JSON, in the same way. */
export function valueJson(any: AnyValue | undefined, double: (value: number) => string): string {
  const value = any?.value;
  switch (value?.case) {
    case "stringValue":
    case "boolValue":
      return JSON.stringify(value.value);
    case "intValue":
      return String(value.value);
    case "doubleValue":
      return double(value.value);
    default:
      throw new Error(`no test writes such a value: ${value?.case}`);
  }
}
