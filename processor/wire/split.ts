import { Buffer } from "node:buffer";
import { writeVarint } from "./protobuf.ts";
import { MalformedRequestError } from "./record-view.ts";
import { indexRequest, MESSAGE, type RequestIndex } from "./request-index.ts";
import { copyBytes, lengthWidth } from "./rewrite.ts";

/** All parts of a request may have so many bytes together: envelopes are repeated, and a hostile one is as large as a part. */
export const PARTS_BYTES_MAX = 256 * 1024 * 1024;

/** The row that stands for the request itself, the parent of every ResourceLogs. */
const REQUEST = -1;

/**
 * Cuts an ExportLogsServiceRequest into requests of at most `maxBytes`. Every record goes into exactly one
 * part, in the old order, under its own resource and scope, whose other fields (schema URLs and unknown ones
 * too) are repeated in each part that needs them. Records and empty envelopes are never cut: one that is too
 * large with its envelope goes alone.
 *
 * @returns `[bytes]` itself when it fits, or has nothing to cut along.
 * @throws MalformedRequestError as `readRequest` does, or when repeated envelopes would need more than
 *   `PARTS_BYTES_MAX`.
 */
export function splitRequest(bytes: Uint8Array, maxBytes: number): readonly Uint8Array[] {
  if (bytes.length <= maxBytes) return [bytes];
  const index = indexRequest(bytes);
  const envelopes = findEnvelopes(index);
  const parts = planParts(index, envelopes, maxBytes);
  if (parts.length === 0) return [bytes];
  const total = parts.reduce((sum, part) => sum + sizeOf(index, part, 0), 0);
  if (total > PARTS_BYTES_MAX) {
    throw new MalformedRequestError(
      `The request's resources and scopes are too large to be repeated in ${parts.length} parts of ${maxBytes} bytes: send fewer records at once.`,
    );
  }
  return parts.map((part) => writePart(index, envelopes, part));
}

/** What a message with records (or messages with records) holds beside them. */
interface Envelope {
  /** Bytes of its own fields. */
  ownBytes: number;
  /** Where the own fields before the first child end. They start where the content starts. */
  headEnd: number;
  /** Ranges of the own fields behind the first child: from, to, from, to … */
  readonly tail: number[];
  /** Where the last child ends. */
  childrenEnd: number;
}

/** The envelopes of the request and of every message that is not empty of records, by row. */
function findEnvelopes(index: RequestIndex): ReadonlyMap<number, Envelope> {
  const envelopes = new Map<number, Envelope>();
  for (let row = 0; row < index.messages.rowCount; row++) {
    const parent = cell(index, row, MESSAGE.parent);
    const from = cell(index, row, MESSAGE.fieldStart);
    const to = cell(index, row, MESSAGE.end);
    const envelope = envelopes.get(parent);
    if (envelope) {
      if (from > envelope.childrenEnd) envelope.tail.push(envelope.childrenEnd, from);
      envelope.ownBytes -= to - from;
      envelope.childrenEnd = to;
    } else {
      const ownBytes = contentEnd(index, parent) - contentStart(index, parent) - (to - from);
      envelopes.set(parent, { ownBytes, headEnd: from, tail: [], childrenEnd: to });
    }
  }
  for (const [row, envelope] of envelopes) {
    const end = contentEnd(index, row);
    if (end > envelope.childrenEnd) envelope.tail.push(envelope.childrenEnd, end);
  }
  return envelopes;
}

/** A message that a part holds some children of, and the bytes of its content there. */
interface Container {
  readonly row: number;
  bytes: number;
}

/** A run of leaves: records, and messages that hold none. */
interface Part {
  readonly firstLeaf: number;
  lastLeaf: number;
  /** Every container, in wire order, parents before children; the request itself is the first. */
  readonly containers: Container[];
  /** The containers that still take leaves, outermost first. */
  open: Container[];
}

/** Takes as many leaves into each part as fit. */
function planParts(
  index: RequestIndex,
  envelopes: ReadonlyMap<number, Envelope>,
  maxBytes: number,
): readonly Part[] {
  const parts: Part[] = [];
  let part: Part | undefined;
  for (let row = 0; row < index.messages.rowCount; row++) {
    if (envelopes.has(row)) continue;
    if (part && sizeWith(index, envelopes, part, row) <= maxBytes) {
      addLeaf(index, envelopes, part, row);
      continue;
    }
    part = { firstLeaf: row, lastLeaf: row, containers: [], open: [] };
    addLeaf(index, envelopes, part, row);
    parts.push(part);
  }
  for (const planned of parts) closeTo(index, planned, 1);
  return parts;
}

function addLeaf(
  index: RequestIndex,
  envelopes: ReadonlyMap<number, Envelope>,
  part: Part,
  leaf: number,
): void {
  if (part.open.at(-1)?.row !== cell(index, leaf, MESSAGE.parent)) moveTo(index, envelopes, part, leaf);
  const innermost = part.open.at(-1);
  if (innermost) innermost.bytes += fieldBytes(index, leaf);
  part.lastLeaf = leaf;
}

/** Closes the containers that do not hold the leaf and opens those that do. */
function moveTo(
  index: RequestIndex,
  envelopes: ReadonlyMap<number, Envelope>,
  part: Part,
  leaf: number,
): void {
  const path = pathTo(index, leaf);
  const common = commonLength(part.open, path);
  closeTo(index, part, common);
  for (const row of path.slice(common)) {
    const container = { row, bytes: envelopes.get(row)?.ownBytes ?? 0 };
    part.containers.push(container);
    part.open.push(container);
  }
}

/** Closes the innermost containers until `depth` are open; each adds its bytes to the one around it. */
function closeTo(index: RequestIndex, part: Part, depth: number): void {
  for (let inner = part.open.at(-1); inner && part.open.length > depth; inner = part.open.at(-1)) {
    part.open.pop();
    const outer = part.open.at(-1);
    if (outer) outer.bytes += containerBytes(index, inner.row, inner.bytes);
  }
}

/** The size that a part would have with one leaf more. */
function sizeWith(
  index: RequestIndex,
  envelopes: ReadonlyMap<number, Envelope>,
  part: Part,
  leaf: number,
): number {
  if (part.open.at(-1)?.row === cell(index, leaf, MESSAGE.parent))
    return sizeOf(index, part, fieldBytes(index, leaf));
  const trial: Part = { ...part, containers: [], open: part.open.map((container) => ({ ...container })) };
  addLeaf(index, envelopes, trial, leaf);
  return sizeOf(index, trial, 0);
}

/** The size of a part with so many bytes more in its innermost container. */
function sizeOf(index: RequestIndex, { open }: Part, moreBytes: number): number {
  let inner = moreBytes;
  for (let i = open.length - 1; i > 0; i--) {
    const container = open[i];
    if (container) inner = containerBytes(index, container.row, container.bytes + inner);
  }
  return (open[0]?.bytes ?? 0) + inner;
}

/** Bytes of a container's whole field with so many bytes of content. */
function containerBytes(index: RequestIndex, row: number, bytes: number): number {
  const tagBytes = cell(index, row, MESSAGE.lengthAt) - cell(index, row, MESSAGE.fieldStart);
  return tagBytes + newLengthWidth(index, row, bytes) + bytes;
}

function writePart(index: RequestIndex, envelopes: ReadonlyMap<number, Envelope>, part: Part): Uint8Array {
  const out = Buffer.allocUnsafeSlow(sizeOf(index, part, 0));
  const open: Container[] = [];
  let at = 0;
  let next = 0;

  function openNext(): void {
    const container = part.containers[next++];
    const envelope = container && envelopes.get(container.row);
    if (!container || !envelope) return;
    if (container.row !== REQUEST) {
      const lengthAt = cell(index, container.row, MESSAGE.lengthAt);
      at = copyBytes(out, at, index.bytes, cell(index, container.row, MESSAGE.fieldStart), lengthAt);
      at = writeVarint(out, at, container.bytes, newLengthWidth(index, container.row, container.bytes));
    }
    at = copyBytes(out, at, index.bytes, contentStart(index, container.row), envelope.headEnd);
    open.push(container);
  }

  function close(): void {
    const tail = envelopes.get(open.pop()?.row ?? REQUEST)?.tail ?? [];
    for (let i = 0; i < tail.length; i += 2)
      at = copyBytes(out, at, index.bytes, tail[i] ?? 0, tail[i + 1] ?? 0);
  }

  while ((part.containers[next]?.row ?? part.firstLeaf) < part.firstLeaf) openNext();
  for (let row = part.firstLeaf; row <= part.lastLeaf; row++) {
    while (open.at(-1)?.row !== cell(index, row, MESSAGE.parent)) close();
    if (part.containers[next]?.row === row) openNext();
    else
      at = copyBytes(
        out,
        at,
        index.bytes,
        cell(index, row, MESSAGE.fieldStart),
        cell(index, row, MESSAGE.end),
      );
  }
  while (open.length > 0) close();
  return out;
}

/** The rows of the containers around a message, the request first. */
function pathTo(index: RequestIndex, row: number): number[] {
  const path: number[] = [];
  for (let at = cell(index, row, MESSAGE.parent); at !== REQUEST; at = cell(index, at, MESSAGE.parent))
    path.unshift(at);
  return [REQUEST, ...path];
}

function commonLength(open: readonly Container[], path: readonly number[]): number {
  let length = 0;
  while (length < open.length && open[length]?.row === path[length]) length++;
  return length;
}

function newLengthWidth(index: RequestIndex, row: number, bytes: number): number {
  const start = contentStart(index, row);
  return lengthWidth(contentEnd(index, row) - start, start - cell(index, row, MESSAGE.lengthAt), bytes);
}

function fieldBytes(index: RequestIndex, row: number): number {
  return cell(index, row, MESSAGE.end) - cell(index, row, MESSAGE.fieldStart);
}

function contentStart(index: RequestIndex, row: number): number {
  return row === REQUEST ? 0 : cell(index, row, MESSAGE.contentStart);
}

function contentEnd(index: RequestIndex, row: number): number {
  return row === REQUEST ? index.bytes.length : cell(index, row, MESSAGE.end);
}

function cell({ messages }: RequestIndex, row: number, column: number): number {
  return messages.cells[row * messages.width + column] ?? 0;
}
