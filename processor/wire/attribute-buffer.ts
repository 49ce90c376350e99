import { Buffer } from "node:buffer";
import {
  createEncodedKeys,
  DOUBLE_BYTES,
  type EncodedKey,
  type EncodedKeys,
  textField,
} from "./encoded-keys.ts";
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

/** @param bytesAtFirst a guess of what will be appended; the buffer grows beyond it. */
export function createAttributeBuffer(
  bytesAtFirst: number,
  keys: EncodedKeys = createEncodedKeys(),
): AttributeBuffer {
  /** The last list's keys by place: a request's records mostly get the same keys in the same order. */
  const lastKeys: EncodedKey[] = [];
  let buffer = Buffer.allocUnsafeSlow(bytesAtFirst);
  let length = 0;

  function findKey(key: string, place: number): EncodedKey {
    const encoded = keys.of(key);
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
