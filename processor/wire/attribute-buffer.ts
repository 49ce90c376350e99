import { Buffer } from "node:buffer";
import { varintWidth, writeVarint } from "./protobuf.ts";
import type { NewAttribute } from "./record-view.ts";

/** Collects attributes as encoded fields of log records, in one buffer that grows. */
export interface AttributeBuffer {
  /** Appends one LogRecord.attributes field: a number as a double, a boolean as a bool. */
  append(attribute: NewAttribute): void;
  /** How many bytes stand in the buffer. */
  length(): number;
  /** What was appended so far; valid until the next `append`. */
  bytes(): Uint8Array;
}

// Tags of opentelemetry-proto 1.11.0: LogRecord.attributes, KeyValue.key and value, AnyValue's string, bool and double.
const ATTRIBUTES = 0x32;
const KEY = 0x0a;
const VALUE = 0x12;
const STRING_VALUE = 0x0a;
const BOOL_VALUE = 0x10;
const DOUBLE_VALUE = 0x21;

const BOOL_VALUE_BYTES = 2;
const DOUBLE_VALUE_BYTES = 9;
/** Tags and lengths around a key and a value, at most. */
const FRAME_BYTES_MAX = 32;
/** A UTF-16 unit takes at most so many bytes in UTF-8. */
const UTF8_BYTES_PER_UNIT = 3;

/** @param bytesAtFirst a guess of what will be appended; the buffer grows beyond it. */
export function createAttributeBuffer(bytesAtFirst: number): AttributeBuffer {
  const keys = new Map<string, Uint8Array>();
  let buffer = Buffer.allocUnsafeSlow(bytesAtFirst);
  let length = 0;

  /** The key's field, encoded: a request's records mostly get the same keys. */
  function encodedKey(key: string): Uint8Array {
    let field = keys.get(key);
    if (!field) {
      field = encodeKey(key);
      keys.set(key, field);
    }
    return field;
  }

  function reserve(count: number): void {
    if (length + count <= buffer.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(2 * buffer.length, length + count));
    grown.set(buffer.subarray(0, length));
    buffer = grown;
  }

  function open(key: Uint8Array, valueBytes: number): number {
    const contentBytes = key.length + 1 + varintWidth(valueBytes) + valueBytes;
    buffer[length] = ATTRIBUTES;
    let at = writeVarint(buffer, length + 1, contentBytes, varintWidth(contentBytes));
    for (let i = 0; i < key.length; i++) buffer[at + i] = key[i] ?? 0;
    at += key.length;
    buffer[at] = VALUE;
    return writeVarint(buffer, at + 1, valueBytes, varintWidth(valueBytes));
  }

  /** Writes a string that will have `textBytes` bytes in UTF-8; returns how many it really had. */
  function writeText(key: Uint8Array, text: string, textBytes: number): number {
    const valueBytes = 1 + varintWidth(textBytes) + textBytes;
    const at = open(key, valueBytes);
    buffer[at] = STRING_VALUE;
    const textAt = writeVarint(buffer, at + 1, textBytes, varintWidth(textBytes));
    const written = buffer.write(text, textAt, "utf8");
    if (written === textBytes) length = textAt + written;
    return written;
  }

  return {
    append({ key, value }) {
      const keyField = encodedKey(key);
      if (typeof value === "string") {
        reserve(FRAME_BYTES_MAX + keyField.length + value.length * UTF8_BYTES_PER_UNIT);
        // The lengths stand before the text: taken for ASCII first, written again where it is not.
        const written = writeText(keyField, value, value.length);
        if (written !== value.length) writeText(keyField, value, written);
        return;
      }
      reserve(FRAME_BYTES_MAX + keyField.length);
      if (typeof value === "number") {
        const at = open(keyField, DOUBLE_VALUE_BYTES);
        buffer[at] = DOUBLE_VALUE;
        length = buffer.writeDoubleLE(value, at + 1);
      } else {
        const at = open(keyField, BOOL_VALUE_BYTES);
        buffer[at] = BOOL_VALUE;
        buffer[at + 1] = value ? 1 : 0;
        length = at + BOOL_VALUE_BYTES;
      }
    },
    length: () => length,
    bytes: () => buffer.subarray(0, length),
  };
}

function encodeKey(key: string): Uint8Array {
  const text = Buffer.from(key, "utf8");
  const field = Buffer.alloc(1 + varintWidth(text.length) + text.length);
  field[0] = KEY;
  field.set(text, writeVarint(field, 1, text.length, varintWidth(text.length)));
  return field;
}
