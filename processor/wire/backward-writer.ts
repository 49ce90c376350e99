import { Buffer } from "node:buffer";
import { varintWidth, writeVarint } from "./protobuf.ts";

/**
 * Writes a protobuf message from its last field to its first. That way the length of every nested message is
 * known when it has to be written, and nothing is measured beforehand or moved afterwards.
 */
export interface BackwardWriter {
  /** Encoded varint of the low 64 bits of `value`. */
  varint(field: number, value: bigint): void;
  fixed32(field: number, value: number): void;
  fixed64(field: number, value: bigint): void;
  double(field: number, value: number): void;
  text(field: number, value: string): void;
  bytes(field: number, value: Uint8Array): void;
  /** A nested message: `writeFields` writes its fields, the last one first. */
  message(field: number, writeFields: () => void): void;
  /** All that was written. Ends the writer's use. */
  finish(): Uint8Array;
}

const BYTES_AT_FIRST = 4096;
/** A tag and a varint of 64 bits. */
const SCALAR_BYTES_MAX = 15;

/** @param bytesAtFirst a guess of the result's size; the buffer grows beyond it. */
export function createBackwardWriter(bytesAtFirst = BYTES_AT_FIRST): BackwardWriter {
  let buffer = Buffer.allocUnsafeSlow(Math.max(bytesAtFirst, SCALAR_BYTES_MAX));
  /** What was written begins here. */
  let start = buffer.length;

  function reserve(count: number): void {
    if (count <= start) return;
    const used = buffer.length - start;
    const grown = Buffer.allocUnsafeSlow(Math.max(2 * buffer.length, used + count));
    grown.set(buffer.subarray(start), grown.length - used);
    start = grown.length - used;
    buffer = grown;
  }

  function prependVarint(value: number): void {
    const width = varintWidth(value);
    start -= width;
    writeVarint(buffer, start, value, width);
  }

  function tag(field: number, wireType: number): void {
    prependVarint(field * 8 + wireType);
  }

  function delimit(field: number, length: number): void {
    reserve(SCALAR_BYTES_MAX);
    prependVarint(length);
    tag(field, 2);
  }

  return {
    varint(field, value) {
      reserve(SCALAR_BYTES_MAX);
      const groups = sevenBitGroups(value);
      start -= groups.length;
      for (const [i, group] of groups.entries())
        buffer[start + i] = i + 1 < groups.length ? group | 0x80 : group;
      tag(field, 0);
    },
    fixed32(field, value) {
      reserve(SCALAR_BYTES_MAX);
      start -= 4;
      buffer.writeUInt32LE(value, start);
      tag(field, 5);
    },
    fixed64(field, value) {
      reserve(SCALAR_BYTES_MAX);
      start -= 8;
      buffer.writeBigUInt64LE(value, start);
      tag(field, 1);
    },
    double(field, value) {
      reserve(SCALAR_BYTES_MAX);
      start -= 8;
      buffer.writeDoubleLE(value, start);
      tag(field, 1);
    },
    text(field, value) {
      const length = Buffer.byteLength(value, "utf8");
      reserve(length);
      start -= length;
      buffer.write(value, start, "utf8");
      delimit(field, length);
    },
    bytes(field, value) {
      reserve(value.length);
      start -= value.length;
      buffer.set(value, start);
      delimit(field, value.length);
    },
    message(field, writeFields) {
      const end = buffer.length - start;
      writeFields();
      delimit(field, buffer.length - start - end);
    },
    finish: () => buffer.subarray(start),
  };
}

/** The lowest first. */
function sevenBitGroups(value: bigint): number[] {
  const groups: number[] = [];
  let rest = BigInt.asUintN(64, value);
  do {
    groups.push(Number(rest & 0x7fn));
    rest >>= 7n;
  } while (rest > 0n);
  return groups;
}
