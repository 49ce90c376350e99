import { Buffer } from "node:buffer";

/** A protobuf field that can be written wrongly in every way. */
export interface WireNode {
  field: number;
  /** 0 varint, 1 eight bytes, 2 bytes or a message, 3 a group, 5 four bytes; others are written as a bare tag. */
  wire: number;
  /** A varint's value, raw bytes, or the fields of a message or group. */
  value: bigint | Uint8Array | WireNode[];
  /** So many bytes more than its tag, and its length or varint, need. */
  tagPadding?: number;
  padding?: number;
  /** Added to the right length of a message; may make it negative (written as 64 bits). */
  lengthDelta?: bigint;
  /** A group that ends as another field, or not at all. */
  endField?: number | "none";
}

/** A varint of the low 64 bits, `padding` bytes longer than it must be (so that it may have more than ten). */
export function varint(value: bigint, padding = 0): number[] {
  const out: number[] = [];
  let rest = BigInt.asUintN(64, value);
  do {
    out.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  } while (rest > 0n);
  for (let i = 0; i < padding; i++) out.push(0x80);
  out[out.length - 1] = (out.at(-1) ?? 0) & 0x7f;
  return out;
}

/** The bytes of fields, one after the other. They are written from the last to the first, so that lengths are known. */
export function encodeNodes(nodes: readonly WireNode[]): Buffer {
  const out: Backward = { bytes: Buffer.alloc(4_096), start: 4_096 };
  writeNodes(out, nodes);
  return Buffer.from(out.bytes.subarray(out.start));
}

interface Backward {
  bytes: Buffer;
  start: number;
}

function prepend(out: Backward, bytes: ArrayLike<number>): void {
  if (bytes.length > out.start) {
    const grown = Buffer.alloc(2 * out.bytes.length + bytes.length);
    const end = out.bytes.length - out.start;
    out.bytes.copy(grown, grown.length - end, out.start);
    out.start = grown.length - end;
    out.bytes = grown;
  }
  out.start -= bytes.length;
  out.bytes.set(bytes, out.start);
}

function writeNodes(out: Backward, nodes: readonly WireNode[]): void {
  for (const node of nodes.toReversed()) {
    writeValue(out, node);
    prepend(out, varint((BigInt(node.field) << 3n) | BigInt(node.wire), node.tagPadding));
  }
}

function writeValue(out: Backward, node: WireNode): void {
  const { wire, value, padding = 0, endField = node.field } = node;
  const end = out.bytes.length - out.start;
  if (wire === 3 && endField !== "none") prepend(out, varint((BigInt(endField) << 3n) | 4n));
  if (typeof value === "bigint") prepend(out, varint(value, wire === 0 ? padding : 0));
  else if (value instanceof Uint8Array) prepend(out, value);
  else writeNodes(out, value);
  if (wire !== 2) return;
  const length = BigInt(out.bytes.length - out.start - end) + (node.lengthDelta ?? 0n);
  prepend(out, varint(length, padding));
}

/** Every node with the list that it stands in, outermost first. */
export function placesIn(nodes: WireNode[]): { readonly list: WireNode[]; readonly node: WireNode }[] {
  return nodes.flatMap((node) => [
    { list: nodes, node },
    ...(Array.isArray(node.value) ? placesIn(node.value) : []),
  ]);
}
