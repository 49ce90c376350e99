import { Buffer } from "node:buffer";
import { varintWidth, writeVarint } from "./protobuf.ts";
import type { NewAttribute } from "./record-view.ts";

/** Collects attributes as encoded fields of log records, in one buffer that grows. */
export interface AttributeBuffer {
  /**
   * Appends LogRecord.attributes fields: a number as a double, a boolean as a bool.
   *
   * @returns the lengths of the keys as a set: bit (bytes of the key mod 32) for each.
   */
  append(attributes: readonly NewAttribute[]): number;
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

const BOOL_BYTES = 1;
const DOUBLE_BYTES = 8;
/** So many different texts of a key are remembered in their encoded form (templates repeat, explanations do not). */
const REMEMBERED_TEXTS_MAX = 1024;

/** A key with everything about its fields that does not depend on the value. */
interface EncodedKey {
  readonly key: string;
  readonly lengthBit: number;
  /** The field up to the bytes of its value, for each kind of value. */
  readonly boolHead: Uint8Array;
  readonly doubleHead: Uint8Array;
  /** Whole fields, by text. */
  readonly textFields: Map<string, Uint8Array>;
}

/** @param bytesAtFirst a guess of what will be appended; the buffer grows beyond it. */
export function createAttributeBuffer(bytesAtFirst: number): AttributeBuffer {
  const keys = new Map<string, EncodedKey>();
  /** The last list's keys by place: a request's records mostly get the same keys in the same order. */
  const lastKeys: EncodedKey[] = [];
  let buffer = Buffer.allocUnsafeSlow(bytesAtFirst);
  let length = 0;

  function findKey(key: string, place: number): EncodedKey {
    const encoded = keys.get(key) ?? encodeKey(key);
    keys.set(key, encoded);
    lastKeys[place] = encoded;
    return encoded;
  }

  function reserve(count: number): void {
    if (length + count <= buffer.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(2 * buffer.length, length + count));
    grown.set(buffer.subarray(0, length));
    buffer = grown;
  }

  function appendOne(key: EncodedKey, value: string | number | boolean): void {
    if (typeof value === "string") {
      const field = textField(key, value);
      reserve(field.length);
      buffer.set(field, length);
      length += field.length;
      return;
    }
    const head = typeof value === "number" ? key.doubleHead : key.boolHead;
    reserve(head.length + DOUBLE_BYTES);
    for (let i = 0; i < head.length; i++) buffer[length + i] = head[i] ?? 0;
    length += head.length;
    length =
      typeof value === "number"
        ? buffer.writeDoubleLE(value, length)
        : buffer.writeUInt8(Number(value), length);
  }

  return {
    append(attributes) {
      let lengthBits = 0;
      for (let i = 0; i < attributes.length; i++) {
        const attribute = attributes[i];
        if (!attribute) continue;
        const last = lastKeys[i];
        const key = last?.key === attribute.key ? last : findKey(attribute.key, i);
        lengthBits |= key.lengthBit;
        if (attribute.value !== undefined) appendOne(key, attribute.value);
      }
      return lengthBits;
    },
    length: () => length,
    bytes: () => buffer.subarray(0, length),
  };
}

function textField(key: EncodedKey, text: string): Uint8Array {
  const known = key.textFields.get(text);
  if (known) return known;
  const utf8 = Buffer.from(text, "utf8");
  const field = Buffer.concat([fieldHead(key.key, STRING_VALUE, utf8.length, varint(utf8.length)), utf8]);
  if (key.textFields.size < REMEMBERED_TEXTS_MAX) key.textFields.set(text, field);
  return field;
}

function encodeKey(key: string): EncodedKey {
  return {
    key,
    lengthBit: 1 << (Buffer.byteLength(key) & 31),
    boolHead: fieldHead(key, BOOL_VALUE, BOOL_BYTES),
    doubleHead: fieldHead(key, DOUBLE_VALUE, DOUBLE_BYTES),
    textFields: new Map(),
  };
}

/** A LogRecord.attributes field up to the `payloadBytes` of its value, which may have a length of its own. */
function fieldHead(
  key: string,
  valueTag: number,
  payloadBytes: number,
  payloadLength: Uint8Array = Buffer.alloc(0),
): Uint8Array {
  const text = Buffer.from(key, "utf8");
  const valueBytes = 1 + payloadLength.length + payloadBytes;
  const keyValueHead = Buffer.concat([
    Buffer.of(KEY),
    varint(text.length),
    text,
    Buffer.of(VALUE),
    varint(valueBytes),
  ]);
  return Buffer.concat([
    Buffer.of(ATTRIBUTES),
    varint(keyValueHead.length + valueBytes),
    keyValueHead,
    Buffer.of(valueTag),
    payloadLength,
  ]);
}

function varint(value: number): Buffer {
  const bytes = Buffer.alloc(varintWidth(value));
  writeVarint(bytes, 0, value, bytes.length);
  return bytes;
}
