import {
  type Cursor,
  enter,
  leave,
  malformed,
  readLength,
  readTag,
  readVarint64,
  skipDelimited,
  skipField,
} from "./protobuf.ts";
import type { AttributeValue } from "./record-view.ts";
import { decodeString } from "./text.ts";

/** Arrays and key-value lists may be nested in values so deep and no deeper. */
export const VALUE_DEPTH_MAX = 64;

// Tags of opentelemetry.proto.common.v1 (opentelemetry-proto 1.11.0): field number << 3 | wire type.
const STRING_VALUE = 0x0a;
const BOOL_VALUE = 0x10;
const INT_VALUE = 0x18;
const DOUBLE_VALUE = 0x21;
const ARRAY_VALUE = 0x2a;
const KVLIST_VALUE = 0x32;
const BYTES_VALUE = 0x3a;
const STRING_VALUE_STRINDEX = 0x40;
const LIST_VALUES = 0x0a;
const KEY = 0x0a;
const VALUE = 0x12;
const KEY_STRINDEX = 0x18;

/**
 * Validates the KeyValue that the cursor stands in, up to `cursor.end`, without decoding it.
 *
 * @returns where the length of its key stands (the last one's, where there are several), or -1 without a key.
 */
export function checkKeyValue(cursor: Cursor, depth: number): number {
  if (isPlainKeyValue(cursor.bytes, cursor.position, cursor.end)) return cursor.position + 1;
  let keyAt = -1;
  while (cursor.position < cursor.end) {
    const start = cursor.position;
    const tag = readTag(cursor);
    if (tag === KEY) {
      keyAt = cursor.position;
      skipDelimited(cursor);
    } else if (tag === VALUE) {
      const parentEnd = enter(cursor);
      checkAnyValue(cursor, depth);
      leave(cursor, parentEnd);
    } else {
      if (tag >>> 3 <= 3 && tag !== KEY_STRINDEX) throw malformed("a KeyValue field of a wrong type", start);
      skipField(cursor, tag);
    }
  }
  return keyAt;
}

/** Whether a KeyValue is a short key and a short string, nothing else: nearly all are, and need no walk. */
function isPlainKeyValue(bytes: Uint8Array, start: number, end: number): boolean {
  const keyLength = bytes[start + 1] ?? 0;
  if (bytes[start] !== KEY || keyLength >= 0x80) return false;
  const valueAt = start + 2 + keyLength;
  const valueLength = bytes[valueAt + 1] ?? 0;
  if (bytes[valueAt] !== VALUE || valueLength >= 0x80 || valueAt + 2 + valueLength !== end) return false;
  const textLength = bytes[valueAt + 3] ?? 0;
  return bytes[valueAt + 2] === STRING_VALUE && textLength < 0x80 && valueAt + 4 + textLength === end;
}

/** Validates the AnyValue that the cursor stands in, up to `cursor.end`, without decoding it. */
export function checkAnyValue(cursor: Cursor, depth: number): void {
  while (cursor.position < cursor.end) {
    const start = cursor.position;
    const tag = readTag(cursor);
    if (tag === STRING_VALUE || tag === BYTES_VALUE) skipDelimited(cursor);
    else if (tag === ARRAY_VALUE || tag === KVLIST_VALUE) {
      if (depth >= VALUE_DEPTH_MAX) throw malformed(`values nested deeper than ${VALUE_DEPTH_MAX}`, start);
      const parentEnd = enter(cursor);
      checkList(cursor, depth + 1, tag === KVLIST_VALUE);
      leave(cursor, parentEnd);
    } else {
      if (tag >>> 3 <= 8 && !isScalarTag(tag)) throw malformed("an AnyValue field of a wrong type", start);
      skipField(cursor, tag);
    }
  }
}

function isScalarTag(tag: number): boolean {
  return tag === BOOL_VALUE || tag === INT_VALUE || tag === DOUBLE_VALUE || tag === STRING_VALUE_STRINDEX;
}

function checkList(cursor: Cursor, depth: number, ofKeyValues: boolean): void {
  while (cursor.position < cursor.end) {
    const start = cursor.position;
    const tag = readTag(cursor);
    if (tag === LIST_VALUES) {
      const parentEnd = enter(cursor);
      if (ofKeyValues) checkKeyValue(cursor, depth);
      else checkAnyValue(cursor, depth);
      leave(cursor, parentEnd);
    } else {
      if (tag >>> 3 === 1) throw malformed("a list's values of a wrong type", start);
      skipField(cursor, tag);
    }
  }
}

/**
 * Decodes the validated AnyValue that the cursor stands in. Of several values the last one counts; bytes are
 * copied, so that the value does not keep the request in memory. No value at all is null.
 */
export function decodeAnyValue(cursor: Cursor): AttributeValue {
  let value: AttributeValue = null;
  while (cursor.position < cursor.end) {
    const tag = readTag(cursor);
    const decoded = decodeOneOf(cursor, tag);
    if (decoded !== undefined) value = decoded;
    else skipField(cursor, tag);
  }
  return value;
}

function decodeOneOf(cursor: Cursor, tag: number): AttributeValue | undefined {
  if (tag === STRING_VALUE) return takeString(cursor);
  // No `slice`: that of a Buffer, which the request is, copies nothing.
  if (tag === BYTES_VALUE) return new Uint8Array(takeBytes(cursor));
  if (tag === ARRAY_VALUE) return takeList(cursor, decodeAnyValue);
  if (tag === KVLIST_VALUE) return Object.fromEntries(takeList(cursor, decodeKeyValue));
  if (!isScalarTag(tag) || tag === STRING_VALUE_STRINDEX) return undefined;
  const start = cursor.position;
  skipField(cursor, tag);
  if (tag === BOOL_VALUE) return readVarint64(cursor.bytes, start) !== 0n;
  if (tag === INT_VALUE) return BigInt.asIntN(64, readVarint64(cursor.bytes, start));
  return cursor.bytes.readDoubleLE(start);
}

/** Decodes the validated KeyValue that the cursor stands in; a missing key is "", a missing value null. */
export function decodeKeyValue(cursor: Cursor): [key: string, value: AttributeValue] {
  let key = "";
  let value: AttributeValue = null;
  while (cursor.position < cursor.end) {
    const tag = readTag(cursor);
    if (tag === KEY) key = takeString(cursor);
    else if (tag === VALUE) value = within(cursor, decodeAnyValue);
    else skipField(cursor, tag);
  }
  return [key, value];
}

function takeList<T>(cursor: Cursor, decode: (cursor: Cursor) => T): T[] {
  return within(cursor, () => {
    const values: T[] = [];
    while (cursor.position < cursor.end) {
      const tag = readTag(cursor);
      if (tag === LIST_VALUES) values.push(within(cursor, decode));
      else skipField(cursor, tag);
    }
    return values;
  });
}

/** Decodes a length-delimited message and leaves it. */
export function within<T>(cursor: Cursor, decode: (cursor: Cursor) => T): T {
  const parentEnd = enter(cursor);
  const result = decode(cursor);
  leave(cursor, parentEnd);
  return result;
}

function takeBytes(cursor: Cursor): Uint8Array {
  const length = readLength(cursor);
  cursor.position += length;
  return cursor.bytes.subarray(cursor.position - length, cursor.position);
}

function takeString(cursor: Cursor): string {
  const length = readLength(cursor);
  cursor.position += length;
  return decodeString(cursor.bytes, cursor.position - length, cursor.position);
}
