import type { AttributeValue } from "../../wire/record-view.ts";
import { isObject, parseObject, toAttribute } from "./json-value.ts";
import type { ParsedLine } from "./parsed-line.ts";
import { NO_SEVERITY, type Severity, severityNumberOf } from "./severity.ts";
import { timeOfValue } from "./timestamp.ts";

const MESSAGE_KEYS = ["message", "msg", "log", "body"];
const LEVEL_KEYS = ["level", "severity", "severity_text", "severitytext", "log.level", "lvl"];
const TIME_KEYS = ["time", "timestamp", "ts", "@timestamp"];
const SERVICE_KEYS = ["service.name", "service"];
const TRACE_KEYS = ["trace_id", "traceid", "trace.id"];
const SPAN_KEYS = ["span_id", "spanid", "span.id"];

/** Levels of pino and bunyan. */
const NUMERIC_LEVELS: ReadonlyMap<number, number> = new Map([
  [10, 1],
  [20, 5],
  [30, 9],
  [40, 13],
  [50, 17],
  [60, 21],
]);

/**
 * A JSON object on one line. What has a field of its own in a record goes there, all other keys become attributes; without
 * a message the body is the whole line. Undefined when the line is no JSON object, or one nested too deeply.
 */
export function parseJson(line: string, referenceMs: number): ParsedLine | undefined {
  const object = parseObject(line);
  if (object === undefined) return undefined;
  const rest = new Map(Object.entries(object));
  const body = take(rest, MESSAGE_KEYS, nonEmptyText);
  const severity = take(rest, LEVEL_KEYS, readLevel) ?? NO_SEVERITY;
  const timeUnixNano = take(rest, TIME_KEYS, (value) => timeOfValue(value, referenceMs));
  const service = take(rest, SERVICE_KEYS, nonEmptyText) ?? nestedName(rest.get("service"));
  const traceId = take(rest, TRACE_KEYS, (value) => readId(value, 32));
  const spanId = take(rest, SPAN_KEYS, (value) => readId(value, 16));
  const attributes: [string, AttributeValue][] = [];
  for (const [key, value] of rest) {
    const attribute = toAttribute(value);
    if (attribute === undefined) return undefined;
    attributes.push([key, attribute]);
  }
  return {
    source: line,
    timeUnixNano,
    ...severity,
    body: body ?? line,
    service,
    attributes: body === undefined ? {} : Object.fromEntries(attributes),
    traceId,
    spanId,
  };
}

/** Takes the first key with a value of use out of `rest`; a value of no use stays there. */
function take<T>(
  rest: Map<string, unknown>,
  keys: readonly string[],
  read: (value: unknown) => T | undefined,
): T | undefined {
  for (const wanted of keys) {
    for (const [key, value] of rest) {
      const result = key.length === wanted.length && key.toLowerCase() === wanted ? read(value) : undefined;
      if (result === undefined) continue;
      rest.delete(key);
      return result;
    }
  }
  return undefined;
}

function nonEmptyText(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function readLevel(value: unknown): Severity | undefined {
  if (typeof value === "number" || typeof value === "bigint") {
    const number = NUMERIC_LEVELS.get(Number(value));
    return number === undefined ? undefined : { severityNumber: number, severityText: String(value) };
  }
  if (typeof value !== "string") return undefined;
  const number = severityNumberOf(value);
  return number === 0 ? undefined : { severityNumber: number, severityText: value };
}

/** `{"service": {"name": "checkout"}}`, as in the Elastic Common Schema. */
function nestedName(value: unknown): string | undefined {
  if (!isObject(value)) return undefined;
  const { name } = value;
  return nonEmptyText(name);
}

function readId(value: unknown, digits: 16 | 32): string | undefined {
  if (typeof value !== "string" || value.length !== digits || !/^[0-9a-f]+$/i.test(value)) return undefined;
  return /^0+$/.test(value) ? undefined : value.toLowerCase();
}
