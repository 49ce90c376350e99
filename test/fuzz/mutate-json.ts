import { Buffer } from "node:buffer";
import { fromBinary, type JsonValue, toJson } from "@bufbuild/protobuf";
import { ExportLogsServiceRequestSchema } from "../../proto/gen/opentelemetry/proto/collector/logs/v1/logs_service_pb.js";
import type { Mutated } from "./mutate-protobuf.ts";
import type { Random } from "./random.ts";

type Json = JsonValue;
type JsonObject = { [key: string]: Json };

/** Values of every kind, at the edges of what a field may be. */
const VALUES: readonly Json[] = [
  null,
  true,
  0,
  -1,
  1.5,
  2 ** 31,
  2 ** 32,
  2 ** 53,
  1e300,
  "",
  "x",
  "0",
  "-1",
  "9223372036854775807",
  "9223372036854775808",
  "18446744073709551615",
  "18446744073709551616",
  "1e3",
  " 1",
  "NaN",
  "Infinity",
  "SEVERITY_NUMBER_INFO",
  "SEVERITY_NUMBER_NONE",
  "0123456789abcdef",
  "0123456789ABCDEF0123456789abcdef",
  "YWJj",
  "YWJ",
  "\ud800",
  [],
  [null],
  {},
  [[]],
];
const KEYS = [
  "resourceLogs",
  "scope_logs",
  "logRecords",
  "body",
  "traceId",
  "unknown",
  "__proto__",
  "intValue",
] as const;

interface Place {
  readonly holder: JsonObject | Json[];
  readonly key: string;
}

const TREE_MUTATIONS: Readonly<Record<string, (random: Random, place: Place) => void>> = {
  "value replaced": (random, { holder, key }) => set(holder, key, random.pickFrom(VALUES) ?? null),
  "value removed": (_random, { holder, key }) => {
    if (Array.isArray(holder)) holder.splice(Number(key), 1);
    else delete holder[key];
  },
  "value wrapped": (_random, { holder, key }) => set(holder, key, [get(holder, key)]),
  "value nested": (random, { holder, key }) => {
    let value = get(holder, key);
    for (let i = random.pick([1, 60, 64, 65, random.chance(0.2) ? 400 : 70]); i > 0; i--)
      value = { arrayValue: { values: [value] } };
    set(holder, key, value);
  },
  "key added": (random, { holder }) => {
    if (!Array.isArray(holder)) set(holder, random.pick(KEYS), random.pickFrom(VALUES) ?? null);
  },
  "element doubled": (_random, { holder, key }) => {
    if (Array.isArray(holder)) holder.push(structuredClone(get(holder, key)));
  },
};
const TREE_NAMES = Object.keys(TREE_MUTATIONS);

const TEXT_MUTATIONS: Readonly<Record<string, (random: Random, text: Buffer) => Buffer>> = {
  "text cut": (random, text) => text.subarray(0, random.below(text.length)),
  "character replaced": (random, text) => {
    text[random.below(text.length)] = random.pick([0x22, 0x5c, 0x7b, 0x5d, 0x2c, 0x30, 0x00, 0xff, 0x0a]);
    return text;
  },
  "text added": (random, text) => {
    const at = random.below(text.length + 1);
    const added = random.pick(["}", "]", "[", '"', "\\u0000", "1e999", "//", "\ufeff", "00"]);
    return Buffer.concat([text.subarray(0, at), Buffer.from(added), text.subarray(at)]);
  },
  "text doubled": (_random, text) => Buffer.concat([text, text]),
  brackets: (random, text) =>
    Buffer.concat([text.subarray(0, -1), Buffer.from(`,"x":${"[".repeat(random.pick([10, 300, 5_000]))}`)]),
};
const TEXT_NAMES = Object.keys(TEXT_MUTATIONS);

/** A valid request as OTLP/JSON: ids in hex, where protobuf's own JSON has base64. */
export function jsonOf(request: Uint8Array): JsonObject {
  const json = toJson(ExportLogsServiceRequestSchema, fromBinary(ExportLogsServiceRequestSchema, request));
  for (const { holder, key } of placesIn(json)) {
    const value = get(holder, key);
    if ((key === "traceId" || key === "spanId") && typeof value === "string")
      set(holder, key, Buffer.from(value, "base64").toString("hex"));
  }
  return isObject(json) ? json : {};
}

/** Damages a request in up to three places, of its structure or of its text. Changes `json`. */
export function mutateJson(random: Random, json: JsonObject): Mutated {
  const names: string[] = [];
  const treeMutations = random.pick([0, 1, 1, 2, 3]);
  for (let i = 0; i < treeMutations; i++) {
    const place = random.pickFrom(placesIn(json));
    const name = random.pickFrom(TREE_NAMES);
    if (place === undefined || name === undefined) continue;
    TREE_MUTATIONS[name]?.(random, place);
    names.push(name);
  }
  let bytes: Buffer = Buffer.from(JSON.stringify(json));
  if (treeMutations === 0 || random.chance(0.1)) {
    const name = random.pickFrom(TEXT_NAMES) ?? "text cut";
    bytes = TEXT_MUTATIONS[name]?.(random, bytes) ?? bytes;
    names.push(name);
  }
  return { bytes, name: `JSON: ${names.join(", ")}` };
}

function placesIn(value: Json): Place[] {
  if (typeof value !== "object" || value === null) return [];
  const holder: JsonObject | Json[] = value;
  return Object.keys(holder).flatMap((key) => [{ holder, key }, ...placesIn(get(holder, key))]);
}

function isObject(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function get(holder: JsonObject | Json[], key: string): Json {
  return (Array.isArray(holder) ? holder[Number(key)] : holder[key]) ?? null;
}

function set(holder: JsonObject | Json[], key: string, value: Json): void {
  Object.defineProperty(holder, key, { value, writable: true, enumerable: true, configurable: true });
}
