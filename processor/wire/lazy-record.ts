import type { Buffer } from "node:buffer";
import { decodeAnyValue, decodeKeyValue, within } from "./any-value.ts";
import { bodyText } from "./body-text.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { type Cursor, createCursor, readInt32, readLength, readTag, skipField } from "./protobuf.ts";
import type { AttributeValue, RecordView } from "./record-view.ts";
import { ATTRIBUTE, attributesEnd, MESSAGE, RECORD, type RequestIndex } from "./request-index.ts";
import { decodeString, textEquals } from "./text.ts";

const SEVERITY_NUMBER_MAX = 24;
const TRACE_ID_BYTES = 16;
const NO_TRACE_ID = "0".repeat(2 * TRACE_ID_BYTES);
const RESOURCE = 0x0a;
const RESOURCE_ATTRIBUTES = 0x0a;

/** What the views of one request share. */
interface Source {
  readonly index: RequestIndex;
  readonly bytes: Buffer;
  /** Moved to whatever is being decoded: decoding never waits, so one cursor serves all views. */
  readonly cursor: Cursor;
  /** Decoded attributes of a resource, by the row of its ResourceLogs. */
  readonly resources: Map<number, ReadonlyMap<string, AttributeValue>>;
  readonly view: DataView;
  /** Of the records, as far as they are known: they are asked for twice. */
  readonly fingerprints: Float64Array;
  /** The row of the ResourceLogs that was asked last, and its fingerprint. */
  readonly lastResource: { row: number; fingerprint: number };
}

/** A view of every record of an indexed request, in wire order. Each question but that for the body decodes its answer anew. */
export function viewRecords(index: RequestIndex): readonly RecordView[] {
  const source: Source = {
    index,
    bytes: index.bytes,
    cursor: createCursor(index.bytes),
    resources: new Map(),
    view: new DataView(index.bytes.buffer, index.bytes.byteOffset, index.bytes.length),
    fingerprints: new Float64Array(index.records.rowCount),
    lastResource: { row: -1, fingerprint: 0 },
  };
  return Array.from({ length: index.records.rowCount }, (_, record) => new LazyRecord(source, record));
}

/** A class, because a request has thousands: its getters are made once, not once a record. */
class LazyRecord implements RecordView {
  readonly index: number;
  private readonly source: Source;
  private text: string | undefined;

  constructor(source: Source, index: number) {
    this.source = source;
    this.index = index;
    this.text = undefined;
  }

  get timeUnixNano(): bigint {
    return this.fixed64(RECORD.time);
  }

  get observedTimeUnixNano(): bigint {
    return this.fixed64(RECORD.observedTime);
  }

  get severityNumber(): number {
    const at = this.cell(RECORD.severityNumber);
    const number = at < 0 ? 0 : readInt32(this.source.bytes, at);
    return number >= 0 && number <= SEVERITY_NUMBER_MAX ? number : 0;
  }

  get severityText(): string {
    const at = this.cell(RECORD.severityText);
    return at < 0 ? "" : takeString(this.cursorAt(at));
  }

  get body(): string {
    this.text ??= this.decodeBody();
    return this.text;
  }

  private decodeBody(): string {
    const at = this.cell(RECORD.body);
    if (at < 0) return "";
    return within(this.cursorAt(at), (cursor) => bodyText(decodeAnyValue(cursor)));
  }

  get traceId(): string | undefined {
    const at = this.cell(RECORD.traceId);
    if (at < 0) return undefined;
    const cursor = this.cursorAt(at);
    if (readLength(cursor) !== TRACE_ID_BYTES) return undefined;
    const hex = cursor.bytes.toString("hex", cursor.position, cursor.position + TRACE_ID_BYTES);
    return hex === NO_TRACE_ID ? undefined : hex;
  }

  get fingerprint(): number {
    const { index, view, fingerprints } = this.source;
    const known = fingerprints[this.index] ?? 0;
    if (known !== 0 || !this.hasTime()) return known;
    const { cells, width } = index.messages;
    const row = this.cell(RECORD.message) * width;
    const [from, end] = [cells[row + MESSAGE.contentStart] ?? 0, cells[row + MESSAGE.end] ?? 0];
    const fingerprint = fingerprintOf(view, from, end, resourceFingerprint(this.source, this.resourceLogs()));
    fingerprints[this.index] = fingerprint;
    return fingerprint;
  }

  attribute(key: string): AttributeValue | undefined {
    const { attributes } = this.source.index;
    const from = this.cell(RECORD.attributesFrom);
    for (let row = attributesEnd(this.source.index, this.index) - 1; row >= from; row--) {
      const base = row * attributes.width;
      if (!this.hasKey(attributes.cells[base + ATTRIBUTE.keyAt] ?? -1, key)) continue;
      const cursor = this.cursorAt(attributes.cells[base + ATTRIBUTE.fieldStart] ?? 0);
      readTag(cursor);
      return within(cursor, decodeKeyValue)[1];
    }
    return undefined;
  }

  get resource(): ReadonlyMap<string, AttributeValue> {
    return resourceAttributes(this.source, this.resourceLogs());
  }

  resourceAttribute(key: string): AttributeValue | undefined {
    return this.resource.get(key);
  }

  /** The row of its ResourceLogs. */
  private resourceLogs(): number {
    const { cells, width } = this.source.index.messages;
    const scopeLogs = cells[this.cell(RECORD.message) * width + MESSAGE.parent] ?? 0;
    return cells[scopeLogs * width + MESSAGE.parent] ?? 0;
  }

  private hasTime(): boolean {
    return this.isSet(RECORD.time) || this.isSet(RECORD.observedTime);
  }

  private isSet(column: number): boolean {
    const at = this.cell(column);
    if (at < 0) return false;
    const { view } = this.source;
    return (view.getInt32(at, true) | view.getInt32(at + 4, true)) !== 0;
  }

  private hasKey(keyAt: number, key: string): boolean {
    if (keyAt < 0) return key === "";
    const cursor = this.cursorAt(keyAt);
    const length = readLength(cursor);
    return textEquals(cursor.bytes, cursor.position, cursor.position + length, key);
  }

  private fixed64(column: number): bigint {
    const at = this.cell(column);
    return at < 0 ? 0n : this.source.bytes.readBigUInt64LE(at);
  }

  private cell(column: number): number {
    const { cells, width } = this.source.index.records;
    return cells[this.index * width + column] ?? -1;
  }

  private cursorAt(position: number): Cursor {
    const { cursor, bytes } = this.source;
    cursor.position = position;
    cursor.end = bytes.length;
    return cursor;
  }
}

/** A resource that is given in pieces is their sum (protobuf merges repeated single messages). */
function resourceAttributes(source: Source, resourceLogs: number): ReadonlyMap<string, AttributeValue> {
  const known = source.resources.get(resourceLogs);
  if (known) return known;
  const decoded = new Map<string, AttributeValue>();
  eachResource(source, resourceLogs, (cursor) => within(cursor, (inner) => addAttributes(inner, decoded)));
  source.resources.set(resourceLogs, decoded);
  return decoded;
}

function resourceFingerprint(source: Source, resourceLogs: number): number {
  const { view, lastResource } = source;
  if (lastResource.row === resourceLogs) return lastResource.fingerprint;
  lastResource.row = resourceLogs;
  lastResource.fingerprint = 0;
  eachResource(source, resourceLogs, (cursor) => {
    const end = readLength(cursor) + cursor.position;
    lastResource.fingerprint = fingerprintOf(view, cursor.position, end, lastResource.fingerprint);
    cursor.position = end;
  });
  return lastResource.fingerprint;
}

/** The cursor stands at the length of a piece of the resource; `read` moves it behind the piece. */
function eachResource(source: Source, resourceLogs: number, read: (cursor: Cursor) => void): void {
  const { cells, width } = source.index.messages;
  const { cursor } = source;
  cursor.position = cells[resourceLogs * width + MESSAGE.contentStart] ?? 0;
  cursor.end = cells[resourceLogs * width + MESSAGE.end] ?? 0;
  while (cursor.position < cursor.end) {
    const tag = readTag(cursor);
    if (tag === RESOURCE) read(cursor);
    else skipField(cursor, tag);
  }
}

function addAttributes(cursor: Cursor, attributes: Map<string, AttributeValue>): void {
  while (cursor.position < cursor.end) {
    const tag = readTag(cursor);
    if (tag === RESOURCE_ATTRIBUTES) attributes.set(...within(cursor, decodeKeyValue));
    else skipField(cursor, tag);
  }
}

function takeString(cursor: Cursor): string {
  const length = readLength(cursor);
  return decodeString(cursor.bytes, cursor.position, cursor.position + length);
}
