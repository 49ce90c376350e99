import { type BackwardWriter, createBackwardWriter } from "./backward-writer.ts";
import { writeScalar } from "./json-scalar.ts";
import { exportLogsServiceRequest, type JsonField, type JsonMessage } from "./otlp-json-fields.ts";
import { parseJson } from "./parse-json.ts";
import { MalformedRequestError } from "./record-view.ts";

/** Where in the document the writer is: names of fields and indices of lists. */
type Path = (string | number)[];

/**
 * Translates an OTLP/JSON export request into the protobuf bytes that the other rooms read. The rules are
 * OTLP's (opentelemetry-proto docs/specification.md, "JSON Protobuf Encoding"): ids are hex, other bytes base64, 64-bit
 * integers strings or numbers, unknown fields are ignored. Taken as well: snake_case names, names of
 * severity numbers, and `traceFlags` for `flags`.
 *
 * Written by hand rather than on a protobuf library: OTLP's JSON is not protobuf's (the ids), a library's
 * JSON parser rounds 64-bit integers that are written as numbers, and its errors quote content.
 *
 * @throws MalformedRequestError naming the path of the bad field and the kind of its value, never the value.
 */
export function jsonToProtobuf(json: Uint8Array): Uint8Array {
  const document = parseJson(json);
  const writer = createBackwardWriter(json.length);
  writeMessage(writer, exportLogsServiceRequest, document, []);
  return writer.finish();
}

function writeMessage(writer: BackwardWriter, message: JsonMessage, value: unknown, path: Path): void {
  if (!isObject(value)) throw badField(path, "an object", value);
  let written = 0;
  for (let i = message.fields.length - 1; i >= 0; i--) {
    const field = message.fields[i];
    const fieldValue = field && fieldValueOf(value, field, path);
    if (!field || fieldValue === undefined || fieldValue === null) continue;
    if (message.isOneOf && ++written > 1) throw badField(path, "one value", value);
    path.push(field.name);
    if (field.isRepeated) writeList(writer, field, fieldValue, path);
    else writeField(writer, field, fieldValue, path, message.isOneOf ?? false);
    path.pop();
  }
}

function writeList(writer: BackwardWriter, field: JsonField, value: unknown, path: Path): void {
  if (!Array.isArray(value)) throw badField(path, "an array", value);
  for (let i = value.length - 1; i >= 0; i--) {
    path.push(i);
    writeField(writer, field, value[i], path, true);
    path.pop();
  }
}

function writeField(
  writer: BackwardWriter,
  field: JsonField,
  value: unknown,
  path: Path,
  withDefault: boolean,
): void {
  const { kind, number } = field;
  if (typeof kind === "function") {
    writer.message(number, () => writeMessage(writer, kind(), value, path));
    return;
  }
  const expected = writeScalar(writer, number, kind, value, withDefault);
  if (expected !== undefined) throw badField(path, expected, value);
}

/** Of a field that is given under both of its names, one value would be lost in silence. */
function fieldValueOf(
  object: Readonly<Record<string, unknown>>,
  { name, alias }: JsonField,
  path: Path,
): unknown {
  const value = object[name] ?? undefined;
  const other = alias === undefined ? undefined : (object[alias] ?? undefined);
  if (value !== undefined && other !== undefined) throw badField(path, `one of ${name} and ${alias}`, object);
  return value ?? other;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function badField(path: Path, expected: string, value: unknown): MalformedRequestError {
  const where = path.map((step) => (typeof step === "number" ? `[${step}]` : `.${step}`)).join("");
  return new MalformedRequestError(
    `${where.slice(1) || "The body"}: expected ${expected}, got ${kindOf(value)}.`,
  );
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? "an object" : `another ${typeof value}`;
}
