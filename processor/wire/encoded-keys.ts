import { Buffer } from "node:buffer";
import { varintWidth, writeVarint } from "./protobuf.ts";

// Tags of opentelemetry-proto 1.11.0: LogRecord.attributes, KeyValue.key and value, AnyValue's string, bool and double.
const ATTRIBUTES = 0x32;
const KEY = 0x0a;
const VALUE = 0x12;
const STRING_VALUE = 0x0a;
const BOOL_VALUE = 0x10;
const DOUBLE_VALUE = 0x21;

const BOOL_BYTES = 1;
/** Of a double behind its head. */
export const DOUBLE_BYTES = 8;
/** So many different texts of a key are remembered in their encoded form (templates repeat, explanations do not); when there are
 * more, all are forgotten. Longer ones are not remembered. */
const REMEMBERED_TEXTS_MAX = 2_048;
const REMEMBERED_TEXT_CHARACTERS_MAX = 512;
/** Keys that are remembered; there are as many as attributes of ours. */
const KEYS_MAX = 64;

/** A key with everything about its fields that does not depend on the value. */
export interface EncodedKey {
  readonly key: string;
  readonly lengthBit: number;
  /** The field up to the bytes of its value, for each kind of value. */
  readonly boolHead: Uint8Array;
  readonly doubleHead: Uint8Array;
  /** Whole fields, by text. */
  readonly textFields: Map<string, Uint8Array>;
}

/** Keys of attributes in their encoded form. Kept by who writes the same ones again and again. */
export interface EncodedKeys {
  of(key: string): EncodedKey;
}

export function createEncodedKeys(): EncodedKeys {
  const keys = new Map<string, EncodedKey>();
  return {
    of(key) {
      const known = keys.get(key);
      if (known !== undefined) return known;
      if (keys.size >= KEYS_MAX) keys.clear();
      const encoded = encodeKey(key);
      keys.set(key, encoded);
      return encoded;
    },
  };
}

/** The whole field of an attribute that is a text. */
export function textField(key: EncodedKey, text: string): Uint8Array {
  const known = key.textFields.get(text);
  if (known) return known;
  const utf8 = Buffer.from(text, "utf8");
  const field = Buffer.concat([fieldHead(key.key, STRING_VALUE, utf8.length, varint(utf8.length)), utf8]);
  if (text.length > REMEMBERED_TEXT_CHARACTERS_MAX) return field;
  if (key.textFields.size >= REMEMBERED_TEXTS_MAX) key.textFields.clear();
  key.textFields.set(text, alone(field));
  return field;
}

/** A copy with memory of its own: small buffers are parts of one of 64 KiB, and each that is kept keeps all of it. */
function alone(bytes: Uint8Array): Uint8Array {
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  copy.set(bytes);
  return copy;
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
