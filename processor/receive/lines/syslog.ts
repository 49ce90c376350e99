import type { AttributeValue } from "../../wire/record-view.ts";
import type { ParsedLine } from "./parsed-line.ts";
import { findSeverity, type Severity } from "./severity.ts";
import { readStructuredData } from "./structured-data.ts";
import { findTimestamp } from "./timestamp.ts";

/** OTLP severity numbers of the syslog severities 0 to 7 (logs data model, appendix B). */
const SEVERITIES: readonly Severity[] = [
  { severityNumber: 21, severityText: "emerg" },
  { severityNumber: 19, severityText: "alert" },
  { severityNumber: 18, severityText: "crit" },
  { severityNumber: 17, severityText: "err" },
  { severityNumber: 13, severityText: "warning" },
  { severityNumber: 10, severityText: "notice" },
  { severityNumber: 9, severityText: "info" },
  { severityNumber: 5, severityText: "debug" },
];
const PRIORITY_MAX = 191;

/** RFC 5424: `<34>1 2003-10-11T22:14:15.003Z host su - ID47 - text`. */
const RFC5424 = /^<(\d{1,3})>1 (\S{1,48}) (\S{1,255}) (\S{1,48}) (\S{1,128}) (\S{1,32}) /;
/** RFC 3164, as it is sent (with a priority) and as it is written to files (without, or with an ISO time). */
const RFC3164 =
  /^(?:<(\d{1,3})>)?([A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)) (\S{1,255}) /;
const TAG = /^([^\s:[\]]{1,128})(?:\[(\d{1,10})\])?: ?/;

/** A syslog line: the body is the message after the header. Undefined when the line has no such header. */
export function parseSyslog(line: string, referenceMs: number): ParsedLine | undefined {
  return parseRfc5424(line, referenceMs) ?? parseRfc3164(line, referenceMs);
}

function parseRfc5424(line: string, referenceMs: number): ParsedLine | undefined {
  const match = RFC5424.exec(line);
  const priority = Number(match?.[1]);
  if (match === null || priority > PRIORITY_MAX) return undefined;
  const data = readStructuredData(line, match[0].length);
  if (data === undefined) return undefined;
  const [, , time = "-", host = "-", app = "-", process = "-", messageId = "-"] = match;
  return {
    ...fields(line, priority, withoutByteOrderMark(line.slice(data.end))),
    timeUnixNano: findTimestamp(time, referenceMs),
    service: present(app),
    attributes: attributes({
      "host.name": present(host),
      "syslog.facility": BigInt(priority >> 3),
      "syslog.procid": present(process),
      "syslog.msgid": present(messageId),
      "syslog.structured_data": data.elements,
    }),
  };
}

function parseRfc3164(line: string, referenceMs: number): ParsedLine | undefined {
  const match = RFC3164.exec(line);
  if (match === null) return undefined;
  const priority = match[1] === undefined ? undefined : Number(match[1]);
  if (priority !== undefined && priority > PRIORITY_MAX) return undefined;
  const content = line.slice(match[0].length);
  const tag = TAG.exec(content);
  return {
    ...fields(line, priority, content.slice(tag?.[0].length ?? 0)),
    timeUnixNano: findTimestamp(match[2] ?? "", referenceMs),
    service: tag?.[1],
    attributes: attributes({
      "host.name": match[3],
      "syslog.facility": priority === undefined ? undefined : BigInt(priority >> 3),
      "syslog.procid": tag?.[2],
    }),
  };
}

function fields(line: string, priority: number | undefined, body: string) {
  const severity = priority === undefined ? undefined : SEVERITIES[priority & 7];
  return { source: line, ...(severity ?? findSeverity(body)), body, traceId: undefined, spanId: undefined };
}

function present(value: string): string | undefined {
  return value === "-" ? undefined : value;
}

function withoutByteOrderMark(text: string): string {
  return text.startsWith("\uFEFF") ? text.slice(1) : text;
}

function attributes(
  values: Readonly<Record<string, AttributeValue | undefined>>,
): Record<string, AttributeValue> {
  const result: Record<string, AttributeValue> = {};
  for (const [key, value] of Object.entries(values)) if (value !== undefined) result[key] = value;
  return result;
}
