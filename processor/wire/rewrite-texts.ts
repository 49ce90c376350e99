import { Buffer } from "node:buffer";
import { decodeAnyValue } from "./any-value.ts";
import { bodyText } from "./body-text.ts";
import {
  type Cursor,
  createCursor,
  readLength,
  readTag,
  skipField,
  WIRE_BYTES,
  writeVarint,
} from "./protobuf.ts";
import type { AttributeValue } from "./record-view.ts";
import { lengthWidth } from "./rewrite.ts";
import { decodeString } from "./text.ts";

/** What becomes of the texts of one part of a request. */
export interface TextEditor {
  /**
   * The text in its place.
   * @param key of the attribute, or of the entry of a map, that it stands in; of a field its name in OTLP/JSON
   */
  text(text: string, key: string): string;
  /** What stands for the whole value of an attribute, of an entry, or of an option in a list; undefined where its texts are edited one by one. */
  value(key: string, read: () => AttributeValue): string | undefined;
}

/** Who edits what. */
export interface RequestEditors {
  /** Resources and scopes: who sends. */
  readonly sender: TextEditor;
  /** @param body of the record, as text */
  record(body: string): TextEditor;
}

/** The bytes [start, end) of a message. */
type Span = readonly [start: number, end: number];
/** The new content of a message, or undefined where it stays. */
type Rewrite = (source: Buffer, span: Span) => Uint8Array | undefined;
/** By tag: what becomes of the content of a field. */
type FieldRewrites = Readonly<Record<number, Rewrite>>;

// Tags of opentelemetry-proto 1.11.0.
const STRING_VALUE = 0x0a;
const ARRAY_VALUE = 0x2a;
const KVLIST_VALUE = 0x32;
const FIRST = 0x0a;
const SECOND = 0x12;
const THIRD = 0x1a;
const BODY = 0x2a;
const RECORD_ATTRIBUTES = 0x32;
const EVENT_NAME = 0x62;

/**
 * Writes a valid request anew with other texts: strings in bodies, attributes, and the fields that hold one, however deep. Keys, bytes
 * and numbers stay, and so does every other byte but the lengths around a changed text, which keep their padding.
 *
 * @param breathe waited for before each record, so that a large request does not keep the thread
 * @returns `bytes` itself where no text changes
 */
export async function rewriteTexts(
  bytes: Uint8Array,
  editors: RequestEditors,
  breathe: () => Promise<void>,
): Promise<Uint8Array> {
  const source = createCursor(bytes).bytes;
  const whole: Span = [0, source.length];
  const spans: Span[] = [];
  requestWith({
    record: (_, span) => {
      spans.push(span);
      return undefined;
    },
  })(source, whole);
  /** By where it starts. */
  const records = new Map<number, Uint8Array>();
  for (const span of spans) {
    await breathe();
    const rewritten = recordWith(editors)(source, span);
    if (rewritten !== undefined) records.set(span[0], rewritten);
  }
  const record: Rewrite = (_, [start]) => records.get(start);
  return requestWith({ record, sender: editors.sender })(source, whole) ?? bytes;
}

/** A request around its records. */
function requestWith({
  record,
  sender,
}: {
  readonly record: Rewrite;
  readonly sender?: TextEditor;
}): Rewrite {
  const own = sender === undefined ? undefined : fieldsOf(sender);
  const scope = own && {
    [FIRST]: message({ [FIRST]: own.named("name"), [SECOND]: own.named("version"), [THIRD]: own.keyValue }),
  };
  const resource = own && { [FIRST]: message({ [FIRST]: own.keyValue }) };
  const schemaUrl = own && { [THIRD]: own.named("schemaUrl") };
  const scopeLogs = message({ ...scope, ...schemaUrl, [SECOND]: record });
  return message({ [FIRST]: message({ ...resource, ...schemaUrl, [SECOND]: scopeLogs }) });
}

function recordWith(editors: RequestEditors): Rewrite {
  return (source, span) => {
    const own = fieldsOf(editors.record(bodyOf(source, span)));
    return message({
      [THIRD]: own.named("severityText"),
      [BODY]: own.anyValue("body"),
      [RECORD_ATTRIBUTES]: own.keyValue,
      [EVENT_NAME]: own.named("eventName"),
    })(source, span);
  };
}

/** A message of which some fields are rewritten. */
function message(fields: FieldRewrites): Rewrite {
  return (source, [start, end]) => {
    const cursor: Cursor = { bytes: source, position: start, end };
    const parts: Uint8Array[] = [];
    let copied = start;
    while (cursor.position < end) {
      const tag = readTag(cursor);
      const lengthAt = cursor.position;
      if (tag % 8 !== WIRE_BYTES) {
        skipField(cursor, tag);
        continue;
      }
      const length = readLength(cursor);
      const contentAt = cursor.position;
      cursor.position += length;
      const content = fields[tag]?.(source, [contentAt, cursor.position]);
      if (content === undefined) continue;
      parts.push(source.subarray(copied, lengthAt), lengthOf(content, length, contentAt - lengthAt), content);
      copied = cursor.position;
    }
    return parts.length === 0 ? undefined : Buffer.concat([...parts, source.subarray(copied, end)]);
  };
}

function lengthOf(content: Uint8Array, oldLength: number, oldWidth: number): Uint8Array {
  const width = lengthWidth(oldLength, oldWidth, content.length);
  const bytes = Buffer.alloc(width);
  writeVarint(bytes, 0, content.length, width);
  return bytes;
}

/** How one editor goes through the kinds of values. */
function fieldsOf(editor: TextEditor) {
  const named =
    (key: string): Rewrite =>
    (source, [start, end]) => {
      const text = decodeString(source, start, end);
      const edited = editor.text(text, key);
      return edited === text ? undefined : Buffer.from(edited, "utf8");
    };
  const anyValue = (key: string): Rewrite =>
    message({
      [STRING_VALUE]: named(key),
      [ARRAY_VALUE]: (source, span) => {
        let previous = "";
        return message({
          [FIRST]: (inner, element) => {
            const option = previous;
            previous = textOf(inner, element);
            return isOption(option) && !isOption(previous)
              ? namedOrEdited(inner, element, option, key)
              : anyValue(key)(inner, element);
          },
        })(source, span);
      },
      [KVLIST_VALUE]: (source, span) => {
        const called = calledIn(source, span);
        return message({ [FIRST]: (inner, entry) => keyValueOf(inner, entry, called) })(source, span);
      },
    });
  /** A value as a whole, by its name, or its texts one by one. */
  const namedOrEdited = (source: Buffer, span: Span, name: string, key: string): Uint8Array | undefined => {
    const [position, end] = span;
    const whole = editor.value(name, () => decodeAnyValue({ bytes: source, position, end }));
    return whole === undefined ? anyValue(key)(source, span) : stringValue(whole);
  };
  const keyValueOf = (source: Buffer, span: Span, called: string | undefined): Uint8Array | undefined => {
    const key = keyOf(source, span);
    const name = called !== undefined && isValueKey(key) ? called : key;
    return message({
      [SECOND]: (inner, valueSpan) => namedOrEdited(inner, valueSpan, name, key),
    })(source, span);
  };
  const keyValue: Rewrite = (source, span) => keyValueOf(source, span, undefined);
  return { named, anyValue, keyValue };
}

/** Whether the entry of a map holds what its entry `name` or `key` is the name of: {"name": "DB_PASSWORD", "value": "…"}. */
export function isValueKey(key: string): boolean {
  return /^value$/i.test(key);
}

/** Whether the entry of a map holds the name of its entry `value`. */
export function isNameKey(key: string): boolean {
  return /^(?:name|key)$/i.test(key);
}

/** Whether an element of a list is an option of a command line, which may name the next element: ["--password", "x"]. */
export function isOption(element: string): boolean {
  return /^--?[A-Za-z]/.test(element);
}

/** The text that a value is; empty where it is none. */
function textOf(source: Buffer, span: Span): string {
  let text = "";
  message({
    [STRING_VALUE]: (inner, [start, end]) => {
      text = decodeString(inner, start, end);
      return undefined;
    },
  })(source, span);
  return text;
}

/** What a map is the value of, by its entry `name` or `key`; undefined where none holds a text. */
function calledIn(source: Buffer, span: Span): string | undefined {
  let called: string | undefined;
  const toText: Rewrite = (inner, [position, end]) => {
    const value = decodeAnyValue({ bytes: inner, position, end });
    if (typeof value === "string") called = value;
    return undefined;
  };
  message({
    [FIRST]: (inner, entry) =>
      isNameKey(keyOf(inner, entry)) ? message({ [SECOND]: toText })(inner, entry) : undefined,
  })(source, span);
  return called;
}

/** An AnyValue that is this text. */
function stringValue(text: string): Uint8Array {
  return (
    message({ [STRING_VALUE]: () => Buffer.from(text, "utf8") })(Buffer.of(STRING_VALUE, 0), [0, 2]) ??
    Buffer.alloc(0)
  );
}

function keyOf(source: Buffer, span: Span): string {
  let key = "";
  message({
    [FIRST]: (inner, [start, end]) => {
      key = decodeString(inner, start, end);
      return undefined;
    },
  })(source, span);
  return key;
}

function bodyOf(source: Buffer, span: Span): string {
  let body = "";
  message({
    [BODY]: (bytes, [position, end]) => {
      body = bodyText(decodeAnyValue({ bytes, position, end }));
      return undefined;
    },
  })(source, span);
  return body;
}
