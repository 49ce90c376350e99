import { Buffer } from "node:buffer";
import { rowsLeftOut } from "./left-out.ts";
import { VARINT_BYTES_MAX, varintWidth, writeVarint } from "./protobuf.ts";
import { ATTRIBUTE, attributesEnd, MESSAGE, RECORD, type RequestIndex } from "./request-index.ts";

/** What changes in the records of a request. */
export interface RecordEdits {
  /** Rows of the attributes to leave out, ascending. */
  readonly removed: readonly number[];
  /** Encoded fields to put at the end of the records, record after record. */
  readonly appended: Uint8Array;
  /** Where in `appended` the fields of each record end. */
  readonly appendedEnds: Int32Array;
  /** Indexes of records to leave out, for which nothing else changes. */
  readonly leftOut?: ReadonlySet<number> | undefined;
}

/** Up to so many bytes a loop copies faster than a call. */
const SHORT_COPY_BYTES = 16;

/**
 * Writes a request anew with attributes left out and fields appended, and without some of its records and the envelopes
 * that held only those. The lengths around a changed record are rewritten, every other byte is copied. A rewritten length
 * keeps its padding, that is as many bytes more than needed as it had before (as far as the ten bytes of a varint reach), so
 * that undoing a change gives the old bytes.
 */
export function rewriteRecords(index: RequestIndex, edits: RecordEdits): Uint8Array {
  const { messages, records } = index;
  const isGone = edits.leftOut === undefined ? undefined : rowsLeftOut(index, edits.leftOut);
  const growth = measureGrowth(index, edits, isGone);
  const bytes = plain(index.bytes);
  const out = plain(Buffer.allocUnsafeSlow(bytes.length + growth.total));
  const appended = plain(edits.appended);
  const state: Rewriting = {
    index,
    bytes,
    appended,
    removed: edits.removed,
    out,
    read: 0,
    write: 0,
    nextRemoved: 0,
    appendedEnd: 0,
  };
  let record = 0;
  for (let row = 0; row < messages.rowCount; row++) {
    const delta = growth.byMessage[row] ?? 0;
    if (isGone?.(row) === true) passOver(state, row);
    else if (delta !== 0) rewriteLength(state, row, delta);
    if (record >= records.rowCount || records.cells[record * records.width + RECORD.message] !== row)
      continue;
    leaveOut(state, attributesEnd(index, record));
    append(state, edits.appendedEnds[record] ?? 0, messages.cells[row * messages.width + MESSAGE.end] ?? 0);
    record++;
  }
  copyUpTo(state, bytes.length);
  return out;
}

/** The same bytes as no Buffer, whose `subarray` is several times slower. */
function plain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** How far the old bytes, the new ones and the edits have been gone through. */
interface Rewriting {
  readonly index: RequestIndex;
  readonly bytes: Uint8Array;
  readonly appended: Uint8Array;
  readonly removed: readonly number[];
  readonly out: Uint8Array;
  read: number;
  write: number;
  nextRemoved: number;
  appendedEnd: number;
}

function copyUpTo(state: Rewriting, position: number): void {
  state.write = copyBytes(state.out, state.write, state.bytes, state.read, position);
  state.read = position;
}

/** What a message that was passed over holds is passed over already. */
function passOver(state: Rewriting, row: number): void {
  const { cells, width } = state.index.messages;
  const end = cells[row * width + MESSAGE.end] ?? 0;
  if (end <= state.read) return;
  copyUpTo(state, cells[row * width + MESSAGE.fieldStart] ?? 0);
  state.read = end;
}

function rewriteLength(state: Rewriting, row: number, delta: number): void {
  const { cells, width } = state.index.messages;
  const lengthAt = cells[row * width + MESSAGE.lengthAt] ?? 0;
  const contentStart = cells[row * width + MESSAGE.contentStart] ?? 0;
  const length = (cells[row * width + MESSAGE.end] ?? 0) - contentStart;
  copyUpTo(state, lengthAt);
  const newWidth = lengthWidth(length, contentStart - lengthAt, length + delta);
  state.write = writeVarint(state.out, state.write, length + delta, newWidth);
  state.read = contentStart;
}

/** Leaves out the removed attributes before row `endRow`. */
function leaveOut(state: Rewriting, endRow: number): void {
  const { removed } = state;
  const { cells, width } = state.index.attributes;
  for (; (removed[state.nextRemoved] ?? endRow) < endRow; state.nextRemoved++) {
    const base = (removed[state.nextRemoved] ?? 0) * width;
    copyUpTo(state, cells[base + ATTRIBUTE.fieldStart] ?? 0);
    state.read = cells[base + ATTRIBUTE.end] ?? 0;
  }
}

/** Puts the fields up to `appendedEnd` at the end of a record. */
function append(state: Rewriting, appendedEnd: number, recordEnd: number): void {
  if (appendedEnd <= state.appendedEnd) return;
  copyUpTo(state, recordEnd);
  state.write = copyBytes(state.out, state.write, state.appended, state.appendedEnd, appendedEnd);
  state.appendedEnd = appendedEnd;
}

interface Growth {
  readonly total: number;
  /** By how many bytes the content of each message grows. */
  readonly byMessage: Int32Array;
}

/** Children before parents: a child's growth, with that of its length, is the parent's. */
function measureGrowth(
  index: RequestIndex,
  edits: RecordEdits,
  isGone: ((row: number) => boolean) | undefined,
): Growth {
  const { cells, width, rowCount } = index.messages;
  const byMessage = new Int32Array(rowCount);
  addRecordGrowth(index, edits, byMessage);
  let total = 0;
  for (let row = rowCount - 1; row >= 0; row--) {
    const goes = isGone?.(row) === true;
    const delta = byMessage[row] ?? 0;
    if (delta === 0 && !goes) continue;
    const base = row * width;
    const grown = goes
      ? (cells[base + MESSAGE.fieldStart] ?? 0) - (cells[base + MESSAGE.end] ?? 0)
      : fieldGrowth(index, row, delta);
    const parent = cells[base + MESSAGE.parent] ?? -1;
    if (parent < 0) total += grown;
    else byMessage[parent] = (byMessage[parent] ?? 0) + grown;
  }
  return { total, byMessage };
}

/** By how many bytes a message's whole field grows with its content. */
function fieldGrowth({ messages: { cells, width } }: RequestIndex, row: number, delta: number): number {
  const base = row * width;
  const contentStart = cells[base + MESSAGE.contentStart] ?? 0;
  const oldWidth = contentStart - (cells[base + MESSAGE.lengthAt] ?? 0);
  const length = (cells[base + MESSAGE.end] ?? 0) - contentStart;
  return delta + lengthWidth(length, oldWidth, length + delta) - oldWidth;
}

function addRecordGrowth(index: RequestIndex, edits: RecordEdits, byMessage: Int32Array): void {
  const { records, attributes } = index;
  let nextRemoved = 0;
  let appended = 0;
  for (let record = 0; record < records.rowCount; record++) {
    const appendedEnd = edits.appendedEnds[record] ?? 0;
    let delta = appendedEnd - appended;
    appended = appendedEnd;
    const lastAttribute = attributesEnd(index, record);
    for (; (edits.removed[nextRemoved] ?? lastAttribute) < lastAttribute; nextRemoved++) {
      const removed = (edits.removed[nextRemoved] ?? 0) * attributes.width;
      delta +=
        (attributes.cells[removed + ATTRIBUTE.fieldStart] ?? 0) -
        (attributes.cells[removed + ATTRIBUTE.end] ?? 0);
    }
    byMessage[records.cells[record * records.width + RECORD.message] ?? 0] = delta;
  }
}

/** The width of a rewritten length: as much padding as the old one had. */
export function lengthWidth(oldLength: number, oldWidth: number, newLength: number): number {
  return Math.min(VARINT_BYTES_MAX, varintWidth(newLength) + oldWidth - varintWidth(oldLength));
}

/** Copies source [from, to) to `out` at `at`; returns the position behind it. */
export function copyBytes(out: Uint8Array, at: number, source: Uint8Array, from: number, to: number): number {
  const count = to - from;
  if (count > SHORT_COPY_BYTES) out.set(source.subarray(from, to), at);
  else for (let i = 0; i < count; i++) out[at + i] = source[from + i] ?? 0;
  return at + count;
}
