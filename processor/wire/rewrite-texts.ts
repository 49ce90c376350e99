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
  /** What stands for the whole value of an attribute or of an entry; undefined where its texts are edited one by one. */
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
 * @returns `bytes` itself where no text changes
 */
export function rewriteTexts(bytes: Uint8Array, editors: RequestEditors): Uint8Array {
  const ofSender = fieldsOf(editors.sender);
  const resource = message({ [FIRST]: ofSender.keyValue });
  const scope = message({
    [FIRST]: ofSender.named("name"),
    [SECOND]: ofSender.named("version"),
    [THIRD]: ofSender.keyValue,
  });
  const schemaUrl = ofSender.named("schemaUrl");
  const record: Rewrite = (source, span) => {
    const own = fieldsOf(editors.record(bodyOf(source, span)));
    return message({
      [THIRD]: own.named("severityText"),
      [BODY]: own.anyValue("body"),
      [RECORD_ATTRIBUTES]: own.keyValue,
      [EVENT_NAME]: own.named("eventName"),
    })(source, span);
  };
  const scopeLogs = message({ [FIRST]: scope, [SECOND]: record, [THIRD]: schemaUrl });
  const resourceLogs = message({ [FIRST]: resource, [SECOND]: scopeLogs, [THIRD]: schemaUrl });
  const source = createCursor(bytes).bytes;
  return message({ [FIRST]: resourceLogs })(source, [0, source.length]) ?? bytes;
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
      [ARRAY_VALUE]: message({ [FIRST]: (source, span) => anyValue(key)(source, span) }),
      [KVLIST_VALUE]: message({ [FIRST]: (source, span) => keyValue(source, span) }),
    });
  const keyValue: Rewrite = (source, span) => {
    const key = keyOf(source, span);
    return message({
      [SECOND]: (inner, valueSpan) => {
        const [position, end] = valueSpan;
        const whole = editor.value(key, () => decodeAnyValue({ bytes: inner, position, end }));
        return whole === undefined ? anyValue(key)(inner, valueSpan) : stringValue(whole);
      },
    })(source, span);
  };
  return { named, anyValue, keyValue };
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
