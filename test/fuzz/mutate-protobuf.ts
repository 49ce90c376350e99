import { Buffer } from "node:buffer";
import { delimited, unknownField } from "./generate-request.ts";
import type { Random } from "./random.ts";
import { encodeNodes, placesIn, type WireNode } from "./wire-tree.ts";

/** The bytes of a request that was damaged, and what was done to it. */
export interface Mutated {
  readonly bytes: Buffer;
  readonly name: string;
}

type Place = { readonly list: WireNode[]; readonly node: WireNode };

/** Lengths and varints at the edges of 7, 31, 32, 35, 63 and 64 bits. */
const EDGES = [-1n, 1n, 2n, 127n, 128n, 2n ** 31n, 2n ** 32n, 2n ** 35n, 2n ** 63n, -(2n ** 40n)] as const;
const BROKEN_TEXT: readonly [number[], ...number[][]] = [
  [0xff],
  [0xc3],
  [0xed, 0xa0, 0x80],
  [0xf4, 0x90, 0x80, 0x80],
  [0x00],
];

const TREE_MUTATIONS = {
  "tag padded": (random, { node }) => {
    node.tagPadding = 1 + random.below(10);
  },
  "length padded": (random, { node }) => {
    node.padding = 1 + random.below(10);
  },
  "length wrong": (random, { node }) => {
    node.lengthDelta = random.pick(EDGES);
  },
  "wire type changed": (random, { node }) => {
    node.wire = random.below(8);
  },
  "field number changed": (random, { node }) => {
    node.field = random.pick([0, 1, 2, 3, 4, 5, 6, 12, 13, 15, 16, 2_047, 2 ** 29 - 1, 2 ** 29, 2 ** 32]);
  },
  doubled: (random, { list, node }) => {
    for (let i = 1 + random.below(3); i > 0; i--) list.splice(list.indexOf(node), 0, structuredClone(node));
  },
  removed: (_random, { list, node }) => {
    list.splice(list.indexOf(node), 1);
  },
  swapped: (random, { list }) => {
    const from = random.below(list.length);
    const [moved] = list.splice(from, 1);
    if (moved !== undefined) list.splice(random.below(list.length + 1), 0, moved);
  },
  "varint at an edge": (random, { node }) => {
    node.wire = 0;
    node.value = random.pick(EDGES);
    node.padding = random.pick([0, 0, 1, 4, 9]);
  },
  "text broken": (random, { node }) => {
    if (!Array.isArray(node.value)) node.value = Buffer.from(random.pick(BROKEN_TEXT));
  },
  "content random": (random, { node }) => {
    node.value = random.bytes(random.below(40));
  },
  "content large": (random, { node }) => {
    if (node.value instanceof Uint8Array)
      node.value = Buffer.alloc(random.below(random.chance(0.1) ? 60_000 : 600), 0x61);
  },
  "unknown field added": (random, { list }) => {
    list.splice(random.below(list.length + 1), 0, unknownField(random));
  },
  "groups nested": (random, { list }) => {
    let group: WireNode = { field: 20, wire: 3, value: [] };
    for (let i = random.pick([1, 2, 5, 63, 64, random.chance(0.2) ? 300 : 65]); i > 0; i--)
      group = { field: 20, wire: 3, value: [group] };
    list.push(group);
  },
  "group ends wrongly": (random, { list }) => {
    list.push({ field: 20, wire: 3, value: [], endField: 20 + random.below(3) });
  },
  "group without an end": (_random, { list }) => {
    list.push({ field: 20, wire: 3, value: [], endField: "none" });
  },
  "values nested": (random, { list }) => {
    list.push(delimited(5, [nested(random)]));
  },
  "many empty fields": (random, { list }) => {
    const field = random.pick([1, 2, 5, 6]);
    // Each by itself: what is done to one of them later must not make the request thousands of times as large.
    for (let i = random.pick([10, 20, 50, random.chance(0.05) ? 5_000 : 100]); i > 0; i--)
      list.push(delimited(field, new Uint8Array(0)));
  },
} as const satisfies Readonly<Record<string, (random: Random, place: Place) => void>>;

/** An AnyValue in arrays and lists of key-values, up to and beyond what is taken. */
function nested(random: Random): WireNode {
  let value: WireNode = { field: 2, wire: 0, value: 1n };
  const isList = random.chance(0.5);
  for (let i = random.pick([1, 2, 8, 63, 64, 65, random.chance(0.2) ? 300 : 70]); i > 0; i--)
    value = isList
      ? delimited(6, [delimited(1, [delimited(1, "k"), delimited(2, [value])])])
      : delimited(5, [delimited(1, [value])]);
  return value;
}

const BYTE_MUTATIONS: Readonly<Record<string, (random: Random, bytes: Buffer) => Buffer>> = {
  "bit flipped": (random, bytes) => {
    const at = random.below(bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
    return bytes;
  },
  "byte replaced": (random, bytes) => {
    bytes[random.below(bytes.length)] = random.pick([0, 1, 0x7f, 0x80, 0xff, random.below(256)]);
    return bytes;
  },
  cut: (random, bytes) => bytes.subarray(0, random.below(bytes.length)),
  "bytes added": (random, bytes) => {
    const at = random.below(bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, at), random.bytes(1 + random.below(8)), bytes.subarray(at)]);
  },
  "bytes removed": (random, bytes) => {
    const at = random.below(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + random.below(8))]);
  },
  "slice doubled": (random, bytes) => {
    const from = random.below(bytes.length);
    const to = from + random.below(bytes.length - from + 1);
    return Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)]);
  },
};

const TREE_NAMES = Object.keys(TREE_MUTATIONS) as (keyof typeof TREE_MUTATIONS)[];
const BYTE_NAMES = Object.keys(BYTE_MUTATIONS);

/** Damages a request in up to three places, of its structure or of its bytes. Changes `nodes`. */
export function mutateRequest(random: Random, nodes: WireNode[]): Mutated {
  const names: string[] = [];
  const treeMutations = random.pick([0, 1, 1, 2, 3]);
  for (let i = 0; i < treeMutations; i++) {
    const place = random.pickFrom(placesIn(nodes));
    const name = random.pickFrom(TREE_NAMES);
    if (place === undefined || name === undefined) continue;
    TREE_MUTATIONS[name](random, place);
    names.push(name);
  }
  let bytes = encodeNodes(nodes);
  const byteMutations = treeMutations === 0 ? 1 + random.below(2) : Number(random.chance(0.15));
  for (let i = 0; i < byteMutations && bytes.length > 0; i++) {
    const name = random.pickFrom(BYTE_NAMES) ?? "cut";
    bytes = BYTE_MUTATIONS[name]?.(random, bytes) ?? bytes;
    names.push(name);
  }
  return { bytes, name: names.join(", ") };
}
