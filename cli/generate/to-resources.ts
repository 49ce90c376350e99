import type { NewRecord, NewResource } from "../../processor/wire/encode.ts";
import type { GeneratedRecord } from "./generated-record.ts";

/**
 * The records as OTLP: one resource an instance and version, in the order of time. The logger is an attribute and no scope, because
 * a request groups records by scope and would tear their order apart. Labels are left out.
 */
export function toResources(records: readonly GeneratedRecord[]): readonly NewResource[] {
  const groups = Map.groupBy(records, ({ instance, version }) => `${instance} ${version}`);
  return [...groups.values()].map((group) => ({
    attributes: {
      "service.name": group[0]?.service ?? "",
      "service.instance.id": group[0]?.instance ?? "",
      "service.version": group[0]?.version ?? "",
    },
    records: group.map(toNewRecord),
  }));
}

function toNewRecord(record: GeneratedRecord): NewRecord {
  const attributes = Object.entries(record.attributes).map(([key, value]) => [
    key,
    typeof value === "number" ? BigInt(value) : value,
  ]);
  return {
    timeUnixNano: BigInt(Math.round(record.timeMs * 1_000)) * 1_000n,
    severityNumber: record.severityNumber,
    severityText: record.severity,
    body: record.body,
    attributes: { "logger.name": record.logger, ...Object.fromEntries(attributes) },
    ...(record.traceId === undefined ? {} : { traceId: record.traceId }),
    ...(record.spanId === undefined ? {} : { spanId: record.spanId }),
  };
}
