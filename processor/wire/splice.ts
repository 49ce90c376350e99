import type { Buffer } from "node:buffer";
import { createAttributeBuffer } from "./attribute-buffer.ts";
import type { EncodedKeys } from "./encoded-keys.ts";
import { type Cursor, createCursor, readLength } from "./protobuf.ts";
import { indexOf } from "./read-request.ts";
import type { ExportRequest, NewAttribute } from "./record-view.ts";
import { ATTRIBUTE, attributesEnd, RECORD, type RequestIndex } from "./request-index.ts";
import { rewriteRecords } from "./rewrite.ts";
import { textEquals } from "./text.ts";

/** A guess of what a record gets, for the first size of the buffer. */
const APPENDED_BYTES_PER_RECORD = 128;

/**
 * Writes attributes into the records' own bytes, at the end of each record (protobuf lets a repeated field
 * stand anywhere). Attributes that a record has under the same keys are left out, so that keys stay unique.
 * The lengths around a changed record are rewritten; every other byte stays, and so does a record that gets
 * nothing. Numbers are written as double_value, always.
 *
 * @param attributesOf the new attributes of a record, their keys different from each other.
 * @param keys kept from request to request by who writes the same attributes again and again.
 * @param leftOut indexes of records that are not written at all, nor the envelopes that hold only those.
 * @returns the new bytes, or `request.bytes` itself when nothing changes.
 */
export function spliceAttributes(
  request: ExportRequest,
  attributesOf: (recordIndex: number) => readonly NewAttribute[],
  keys?: EncodedKeys,
  leftOut?: ReadonlySet<number>,
): Uint8Array {
  const index = indexOf(request);
  const cursor = createCursor(index.bytes);
  const { rowCount } = index.records;
  const buffer = createAttributeBuffer(APPENDED_BYTES_PER_RECORD * (rowCount + 1), keys);
  const appendedEnds = new Int32Array(rowCount);
  const removed: number[] = [];
  for (let record = 0; record < rowCount; record++) {
    if (leftOut?.has(record) !== true) {
      const additions = attributesOf(record);
      const keyLengths = buffer.append(additions);
      if (keyLengths !== 0) findReplaced(index, cursor, record, additions, keyLengths, removed);
    }
    appendedEnds[record] = buffer.length();
  }
  const isThinned = leftOut !== undefined && leftOut.size > 0;
  if (buffer.length() === 0 && removed.length === 0 && !isThinned) return request.bytes;
  return rewriteRecords(index, { removed, appended: buffer.bytes(), appendedEnds, leftOut });
}

/** Adds the rows of the record's attributes whose keys are among the new ones, whose lengths are `keyLengths`. */
function findReplaced(
  index: RequestIndex,
  cursor: Cursor,
  record: number,
  additions: readonly NewAttribute[],
  keyLengths: number,
  removed: number[],
): void {
  const { bytes, records, attributes } = index;
  const { cells, width } = attributes;
  const from = records.cells[record * records.width + RECORD.attributesFrom] ?? 0;
  const to = attributesEnd(index, record);
  for (let row = from; row < to; row++) {
    const keyAt = cells[row * width + ATTRIBUTE.keyAt] ?? -1;
    // The low five bits of a varint stand in its first byte: the length mod 32, without reading it.
    const lengthMod32 = keyAt < 0 ? 0 : (bytes[keyAt] ?? 0) & 31;
    if (((keyLengths >>> lengthMod32) & 1) === 0) continue;
    cursor.position = keyAt;
    const length = keyAt < 0 ? 0 : readLength(cursor);
    const start = cursor.position;
    if (isAmong(additions, bytes, start, start + length)) removed.push(row);
  }
}

function isAmong(
  additions: readonly NewAttribute[],
  bytes: Buffer,
  keyStart: number,
  keyEnd: number,
): boolean {
  for (const { key } of additions) if (textEquals(bytes, keyStart, keyEnd, key)) return true;
  return false;
}
