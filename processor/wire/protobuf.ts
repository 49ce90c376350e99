import { Buffer } from "node:buffer";
import { MalformedRequestError } from "./record-view.ts";

/**
 * A place in protobuf bytes. `end` is where the message that is being read ends, so that nothing inside it
 * can reach beyond it.
 */
export interface Cursor {
  readonly bytes: Buffer;
  position: number;
  end: number;
}

/** Wire types of the protobuf encoding (protobuf.dev/programming-guides/encoding). */
export const WIRE_VARINT = 0;
export const WIRE_FIXED64 = 1;
export const WIRE_BYTES = 2;
export const WIRE_GROUP_START = 3;
export const WIRE_GROUP_END = 4;
export const WIRE_FIXED32 = 5;

/** A varint holds 64 bits in at most this many bytes. */
export const VARINT_BYTES_MAX = 10;

const GROUP_DEPTH_MAX = 64;

/** A cursor over all of `bytes`, which are seen as a Buffer (not copied): it decodes text fastest. */
export function createCursor(bytes: Uint8Array): Cursor {
  return { bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), position: 0, end: bytes.length };
}

/** The error for bad bytes: what is wrong and where, never what stands there. */
export function malformed(what: string, offset: number): MalformedRequestError {
  return new MalformedRequestError(`Not a valid ExportLogsServiceRequest: ${what} at byte ${offset}.`);
}

/**
 * Reads the tag of the next field: field number << 3 | wire type. A tag may be written in more bytes than it
 * needs, like every varint.
 */
export function readTag(cursor: Cursor): number {
  const { bytes, position } = cursor;
  const byte = bytes[position] ?? 0;
  if (byte >= 0x80 || byte < 8 || position >= cursor.end) return readLongTag(cursor);
  cursor.position = position + 1;
  return byte;
}

function readLongTag(cursor: Cursor): number {
  const start = cursor.position;
  const tag = readVarint(cursor);
  if (tag > 0xffff_ffff || tag < 8) throw malformed("a field number out of range", start);
  return tag;
}

/** Reads the length of a length-delimited field and checks that so many bytes follow within the message. */
export function readLength(cursor: Cursor): number {
  const { bytes, position, end } = cursor;
  const byte = bytes[position] ?? 0;
  if (byte >= 0x80 || position + byte >= end) return readLongLength(cursor);
  cursor.position = position + 1;
  return byte;
}

function readLongLength(cursor: Cursor): number {
  const start = cursor.position;
  const length = readVarint(cursor);
  if (length > cursor.end - cursor.position) throw malformed("a length beyond the enclosing message", start);
  return length;
}

/** Skips a length and the bytes that it counts. */
export function skipDelimited(cursor: Cursor): void {
  const length = readLength(cursor);
  cursor.position += length;
}

/** Enters a length-delimited message; returns the parent's end, to be given to `leave`. */
export function enter(cursor: Cursor): number {
  const length = readLength(cursor);
  const parentEnd = cursor.end;
  cursor.end = cursor.position + length;
  return parentEnd;
}

/** Leaves a message that was read to its end. */
export function leave(cursor: Cursor, parentEnd: number): void {
  cursor.position = cursor.end;
  cursor.end = parentEnd;
}

/** Skips the value of a field whose tag was just read. Groups are skipped whole, with their matching end. */
export function skipField(cursor: Cursor, tag: number): void {
  skipValue(cursor, tag, 0);
}

function skipValue(cursor: Cursor, tag: number, depth: number): void {
  switch (tag & 7) {
    case WIRE_VARINT:
      skipVarint(cursor);
      return;
    case WIRE_FIXED64:
      skipBytes(cursor, 8);
      return;
    case WIRE_BYTES:
      skipDelimited(cursor);
      return;
    case WIRE_GROUP_START:
      skipGroup(cursor, tag >>> 3, depth + 1);
      return;
    case WIRE_FIXED32:
      skipBytes(cursor, 4);
      return;
    case WIRE_GROUP_END:
      throw malformed("the end of a group that was never started", cursor.position);
    default:
      throw malformed("an unknown wire type", cursor.position);
  }
}

function skipGroup(cursor: Cursor, fieldNumber: number, depth: number): void {
  if (depth > GROUP_DEPTH_MAX)
    throw malformed(`groups nested deeper than ${GROUP_DEPTH_MAX}`, cursor.position);
  while (cursor.position < cursor.end) {
    const start = cursor.position;
    const tag = readTag(cursor);
    if ((tag & 7) !== WIRE_GROUP_END) skipValue(cursor, tag, depth);
    else if (tag >>> 3 === fieldNumber) return;
    else throw malformed("the end of another group", start);
  }
  throw malformed("a group without an end", cursor.position);
}

function skipBytes(cursor: Cursor, count: number): void {
  if (count > cursor.end - cursor.position) throw malformed("a truncated fixed-width value", cursor.position);
  cursor.position += count;
}

function skipVarint(cursor: Cursor): void {
  const { bytes, position, end } = cursor;
  if (position < end && (bytes[position] ?? 0) < 0x80) cursor.position = position + 1;
  else readVarint(cursor);
}

/** Reads a varint as a number; above 2^53 it is inexact, but never too small to be refused. */
function readVarint(cursor: Cursor): number {
  const { bytes, position, end } = cursor;
  let value = 0;
  let factor = 1;
  for (let i = 0; i < VARINT_BYTES_MAX; i++) {
    if (position + i >= end) throw malformed("a truncated varint", position);
    const byte = bytes[position + i] ?? 0;
    if (i === VARINT_BYTES_MAX - 1 && byte > 1) break;
    value += (byte & 0x7f) * factor;
    factor *= 128;
    if (byte < 0x80) {
      cursor.position = position + i + 1;
      return value;
    }
  }
  throw malformed("a varint of more than 64 bits", position);
}

/** Reads the 64 bits of a varint that was validated before. */
export function readVarint64(bytes: Buffer, position: number): bigint {
  let value = 0n;
  for (let i = 0; i < VARINT_BYTES_MAX; i++) {
    const byte = bytes[position + i] ?? 0;
    value |= BigInt(byte & 0x7f) << BigInt(7 * i);
    if (byte < 0x80) break;
  }
  return BigInt.asUintN(64, value);
}

/** Reads the low 32 bits of a varint that was validated before, as int32 and enums are read. */
export function readInt32(bytes: Buffer, position: number): number {
  const byte = bytes[position] ?? 0;
  return byte < 0x80 ? byte : Number(BigInt.asIntN(32, readVarint64(bytes, position)));
}

/** How many bytes the shortest varint of `value` (0 to 2^35 - 1) has. */
export function varintWidth(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  if (value < 0x20_0000) return 3;
  return value < 0x1000_0000 ? 4 : 5;
}

/**
 * Writes `value` as a varint of exactly `width` bytes, padded with empty groups of seven bits where it needs
 * fewer. Returns the position behind it.
 */
export function writeVarint(target: Uint8Array, at: number, value: number, width: number): number {
  let rest = value;
  for (let i = 0; i < width - 1; i++) {
    target[at + i] = (rest & 0x7f) | 0x80;
    rest = Math.floor(rest / 128);
  }
  target[at + width - 1] = rest;
  return at + width;
}
