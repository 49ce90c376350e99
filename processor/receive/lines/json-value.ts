import type { AttributeValue } from "../../wire/record-view.ts";

/** Deepest nesting that becomes an attribute. */
const DEPTH_MAX = 32;

/** The JSON object that the line is, or undefined. Whole numbers beyond 2^53 come as bigint, unchanged. */
export function parseObject(line: string): Readonly<Record<string, unknown>> | undefined {
  const text = line.trim();
  if (!text.startsWith("{") || !text.endsWith("}")) return undefined;
  try {
    // The slower way only where a number might be too long for a double.
    const value: unknown = /\d{16}/.test(text) ? JSON.parse(text, keepLongIntegers) : JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** True for a JSON object. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A parsed value as an OTLP attribute, whole numbers as 64-bit integers; undefined where it is nested too deeply. */
export function toAttribute(value: unknown, depth = 0): AttributeValue | undefined {
  if (value === null || typeof value !== "object") return scalarToAttribute(value);
  if (depth === DEPTH_MAX) return undefined;
  if (Array.isArray(value)) {
    const items = value.map((item) => toAttribute(item, depth + 1));
    return items.every((item) => item !== undefined) ? items : undefined;
  }
  const entries: [string, AttributeValue][] = [];
  for (const [key, member] of Object.entries(value)) {
    const attribute = toAttribute(member, depth + 1);
    if (attribute === undefined) return undefined;
    entries.push([key, attribute]);
  }
  return Object.fromEntries(entries);
}

function scalarToAttribute(value: unknown): AttributeValue | undefined {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (typeof value !== "bigint") return undefined;
  return BigInt.asIntN(64, value) === value ? value : String(value);
}

/** A reviver that sees the source text of a number (ECMAScript, "JSON.parse source text access"). */
function keepLongIntegers(_key: string, value: unknown, ...[context]: unknown[]): unknown {
  if (typeof value !== "number" || Number.isSafeInteger(value) || !isObject(context)) return value;
  const { source } = context;
  return typeof source === "string" && /^-?\d{1,400}$/.test(source) ? BigInt(source) : value;
}
