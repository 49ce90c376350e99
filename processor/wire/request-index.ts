import type { Buffer } from "node:buffer";
import { checkAnyValue, checkKeyValue } from "./any-value.ts";
import { checkHolder, RESOURCE, SCOPE } from "./check-holder.ts";
import { addRow, createIntTable, type IntTable } from "./int-table.ts";
import { type Cursor, createCursor, enter, leave, malformed, readTag, skipField } from "./protobuf.ts";

/**
 * Where everything lies in the bytes of a valid ExportLogsServiceRequest: three tables of positions, found in
 * one walk. Nothing is decoded.
 */
export interface RequestIndex {
  readonly bytes: Buffer;
  /** Every ResourceLogs, ScopeLogs and LogRecord, parents before children. Columns: `MESSAGE`. */
  readonly messages: IntTable;
  /** Every LogRecord in wire order. Columns: `RECORD`. */
  readonly records: IntTable;
  /** Every attribute of a record, record by record. Columns: `ATTRIBUTE`. */
  readonly attributes: IntTable;
}

/** Columns of the messages: its field from the tag to the end, where its length and its content start, its parent's row or -1. */
export const MESSAGE = { fieldStart: 0, lengthAt: 1, contentStart: 2, end: 3, parent: 4 } as const;

/**
 * Columns of the records: the row among the messages, the first row among the attributes (the last one is
 * before the next record's first), and where the values of single fields stand: behind the tag, -1 = absent.
 */
export const RECORD = {
  message: 0,
  attributesFrom: 1,
  time: 2,
  observedTime: 3,
  severityNumber: 4,
  severityText: 5,
  body: 6,
  traceId: 7,
} as const;

/** Columns of the attributes: the KeyValue's field from the tag to the end, and where its key's length stands or -1. */
export const ATTRIBUTE = { fieldStart: 0, end: 1, keyAt: 2 } as const;

/** So many resources, scopes and records a request may have: an empty one costs the sender two bytes, and us a hundred. */
export const MESSAGES_MAX = 1_048_576;
/** So many attributes all records of a request may have together. */
export const ATTRIBUTES_MAX = 4_194_304;

/**
 * Walks the whole request once and validates it: tags, lengths, wire types of known fields, depth of values.
 * Field numbers: opentelemetry-proto 1.11.0. Unknown fields are skipped, text is not looked at.
 *
 * @throws MalformedRequestError with what is wrong and at which byte.
 */
export function indexRequest(bytes: Uint8Array): RequestIndex {
  const cursor = createCursor(bytes);
  const index: RequestIndex = {
    bytes: cursor.bytes,
    messages: createIntTable(5, bytes.length >>> 8),
    records: createIntTable(8, bytes.length >>> 8),
    attributes: createIntTable(3, bytes.length >>> 6),
  };
  while (cursor.position < cursor.end) {
    const start = cursor.position;
    const tag = readTag(cursor);
    if (tag === 0x0a) indexMessage(cursor, index, start, -1, indexResourceLogs);
    else skipUnknown(cursor, tag, start, 1);
  }
  return index;
}

/** The row behind the last attribute of a record. */
export function attributesEnd(index: RequestIndex, record: number): number {
  const { records, attributes } = index;
  if (record + 1 >= records.rowCount) return attributes.rowCount;
  return records.cells[(record + 1) * records.width + RECORD.attributesFrom] ?? 0;
}

type IndexContent = (cursor: Cursor, index: RequestIndex, row: number) => void;

function indexMessage(
  cursor: Cursor,
  index: RequestIndex,
  fieldStart: number,
  parent: number,
  indexContent: IndexContent,
): void {
  const { messages } = index;
  const row = messages.rowCount;
  if (row >= MESSAGES_MAX)
    throw malformed(`more than ${MESSAGES_MAX} resources, scopes and records`, fieldStart);
  const base = addRow(messages);
  const lengthAt = cursor.position;
  const parentEnd = enter(cursor);
  const { cells } = messages;
  cells[base + MESSAGE.fieldStart] = fieldStart;
  cells[base + MESSAGE.lengthAt] = lengthAt;
  cells[base + MESSAGE.contentStart] = cursor.position;
  cells[base + MESSAGE.end] = cursor.end;
  cells[base + MESSAGE.parent] = parent;
  indexContent(cursor, index, row);
  leave(cursor, parentEnd);
}

function indexResourceLogs(cursor: Cursor, index: RequestIndex, row: number): void {
  while (cursor.position < cursor.end) {
    const start = cursor.position;
    const tag = readTag(cursor);
    if (tag === 0x12) indexMessage(cursor, index, start, row, indexScopeLogs);
    else if (tag === 0x0a) checkHolder(cursor, RESOURCE);
    else if (tag === 0x1a) skipField(cursor, tag);
    else skipUnknown(cursor, tag, start, 3);
  }
}

function indexScopeLogs(cursor: Cursor, index: RequestIndex, row: number): void {
  while (cursor.position < cursor.end) {
    const start = cursor.position;
    const tag = readTag(cursor);
    if (tag === 0x12) indexMessage(cursor, index, start, row, indexRecord);
    else if (tag === 0x0a) checkHolder(cursor, SCOPE);
    else if (tag === 0x1a) skipField(cursor, tag);
    else skipUnknown(cursor, tag, start, 3);
  }
}

function indexRecord(cursor: Cursor, index: RequestIndex, row: number): void {
  const { records, attributes } = index;
  const base = addRow(records);
  const { cells } = records;
  for (let column: number = RECORD.time; column <= RECORD.traceId; column++) cells[base + column] = -1;
  cells[base + RECORD.message] = row;
  cells[base + RECORD.attributesFrom] = attributes.rowCount;
  while (cursor.position < cursor.end) {
    const start = cursor.position;
    const tag = readTag(cursor);
    const column = columnOf(tag);
    if (tag === 0x32) indexAttribute(cursor, attributes, start);
    else if (column < 0) skipOther(cursor, tag, start);
    else {
      cells[base + column] = cursor.position;
      if (column === RECORD.body) checkBody(cursor);
      else skipField(cursor, tag);
    }
  }
}

function checkBody(cursor: Cursor): void {
  const parentEnd = enter(cursor);
  checkAnyValue(cursor, 0);
  leave(cursor, parentEnd);
}

function indexAttribute(cursor: Cursor, attributes: IntTable, fieldStart: number): void {
  if (attributes.rowCount >= ATTRIBUTES_MAX)
    throw malformed(`more than ${ATTRIBUTES_MAX} attributes`, fieldStart);
  const base = addRow(attributes);
  const parentEnd = enter(cursor);
  attributes.cells[base + ATTRIBUTE.fieldStart] = fieldStart;
  attributes.cells[base + ATTRIBUTE.end] = cursor.end;
  attributes.cells[base + ATTRIBUTE.keyAt] = checkKeyValue(cursor, 0);
  leave(cursor, parentEnd);
}

/** The column that remembers the LogRecord field of this tag, or -1. */
function columnOf(tag: number): number {
  switch (tag) {
    case 0x09:
      return RECORD.time;
    case 0x10:
      return RECORD.severityNumber;
    case 0x1a:
      return RECORD.severityText;
    case 0x2a:
      return RECORD.body;
    case 0x4a:
      return RECORD.traceId;
    case 0x59:
      return RECORD.observedTime;
    default:
      return -1;
  }
}

/** Skips dropped_attributes_count, flags, span_id, event_name, and what a LogRecord does not have. */
function skipOther(cursor: Cursor, tag: number, start: number): void {
  if (tag === 0x38 || tag === 0x45 || tag === 0x52 || tag === 0x62) skipField(cursor, tag);
  else skipUnknown(cursor, tag, start, 12);
}

/** Skips a field that the message does not have; one that it has, in another wire type, is an error. */
function skipUnknown(cursor: Cursor, tag: number, start: number, knownMax: number): void {
  const fieldNumber = tag >>> 3;
  if (fieldNumber <= knownMax && fieldNumber !== 4)
    throw malformed(`field ${fieldNumber} of a wrong type`, start);
  skipField(cursor, tag);
}
