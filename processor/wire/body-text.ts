import { Buffer } from "node:buffer";
import { isList } from "./is-list.ts";
import type { AttributeValue } from "./record-view.ts";

/**
 * A body as text: a string as it is, nothing as "", any other kind as compact JSON.
 *
 * @example
 * bodyText({ status: 200n, path: "/x" }) // '{"status":200,"path":"/x"}'
 */
export function bodyText(value: AttributeValue): string {
  if (typeof value === "string") return value;
  return value === null ? "" : toJson(value);
}

/** Bytes become base64, 64-bit integers digits, and NaN and the infinities null, which JSON does not have. */
function toJson(value: AttributeValue): string {
  if (typeof value === "bigint") return value.toString();
  if (value instanceof Uint8Array) return JSON.stringify(Buffer.from(value).toString("base64"));
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (isList(value)) return `[${value.map(toJson).join(",")}]`;
  return `{${Object.entries(value)
    .map(([key, inner]) => `${JSON.stringify(key)}:${toJson(inner)}`)
    .join(",")}}`;
}
