import type { GeneratedRecord } from "./generated-record.ts";

/** A line of plain text: `2026-01-05T08:00:00.123Z INFO  payments-0 [payments.card] 3f2a… Payment pay_1 captured`. */
export function toTextLine({ timeMs, severity, instance, logger, traceId, body }: GeneratedRecord): string {
  return `${isoTime(timeMs)} ${severity.padEnd(5)} ${instance} [${logger}] ${traceId ?? "-"} ${body}`;
}

/** A JSON line; the label is in it as `incident`, null for a normal record. */
export function toJsonLine(record: GeneratedRecord): string {
  return JSON.stringify({
    timestamp: isoTime(record.timeMs),
    level: record.severity,
    service: record.service,
    instance: record.instance,
    logger: record.logger,
    message: record.body,
    trace_id: record.traceId,
    span_id: record.spanId,
    ...record.attributes,
    incident: record.incident ?? null,
  });
}

function isoTime(timeMs: number): string {
  const microseconds = Math.round((timeMs - Math.floor(timeMs)) * 1_000);
  return `${new Date(Math.floor(timeMs)).toISOString().slice(0, -1)}${String(microseconds).padStart(3, "0")}Z`;
}
