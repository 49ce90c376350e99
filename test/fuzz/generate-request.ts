import { Buffer } from "node:buffer";
import type { Random } from "./random.ts";
import type { WireNode } from "./wire-tree.ts";

const KEYS = [
  "host",
  "http.status_code",
  "anomaly.score",
  "log.record.template",
  "a",
  "ключ",
  "__proto__",
  "",
] as const;
const BODIES = [
  "connection accepted from 10.0.0.7:5141",
  "Receiving block blk_-1608999687919862906 src: /10.250.19.102:54106",
  "user 42 logged in",
  "",
  "GET /cart 200 13ms",
  "naïve – 日本語 🚀",
] as const;
const SERVICES = ["shop", "cart", "api", ""] as const;

/** A length-delimited field: text, bytes or a message. */
export function delimited(field: number, value: string | Uint8Array | WireNode[]): WireNode {
  return { field, wire: 2, value: typeof value === "string" ? Buffer.from(value) : value };
}

/**
 * The fields of a valid ExportLogsServiceRequest with a few records, each with an attribute that no other record of the
 * campaign has.
 *
 * @param id of the case
 */
export function generateRequest(random: Random, id: string): WireNode[] {
  let record = 0;
  const few = () => 1 + Number(random.chance(0.2));
  const resources = random.chance(0.03) ? 0 : few();
  return Array.from({ length: resources }, () =>
    delimited(1, [
      ...(random.chance(0.9) ? [delimited(1, resourceFields(random))] : []),
      ...Array.from({ length: few() }, () =>
        delimited(2, [
          ...(random.chance(0.5) ? [delimited(1, [delimited(1, "scope"), delimited(2, "1.0")])] : []),
          ...Array.from({ length: random.pick([0, 1, 1, 1, 2, 3]) }, () =>
            delimited(2, recordFields(random, `${id}-${record++}`)),
          ),
          ...(random.chance(0.2) ? [delimited(3, "https://example.org/schema")] : []),
        ]),
      ),
      ...(random.chance(0.2) ? [delimited(3, "https://example.org/schema")] : []),
    ]),
  );
}

function resourceFields(random: Random): WireNode[] {
  return [
    delimited(1, keyValue("service.name", delimited(1, random.pick(SERVICES)))),
    ...(random.chance(0.2) ? [{ field: 2, wire: 0, value: 3n }] : []),
    ...(random.chance(0.2)
      ? [delimited(3, [delimited(1, "url"), delimited(2, "service"), delimited(3, "service.name")])]
      : []),
  ];
}

function recordFields(random: Random, id: string): WireNode[] {
  const fields: WireNode[] = [
    { field: 1, wire: 1, value: eightBytes(1_700_000_000_000_000_000n + BigInt(random.below(1e9))) },
    delimited(6, keyValue("fuzz.id", delimited(1, id))),
  ];
  const maybe = (probability: number, field: () => WireNode) => {
    if (random.chance(probability)) fields.push(field());
  };
  maybe(0.7, () => ({ field: 2, wire: 0, value: BigInt(random.below(25)) }));
  maybe(0.3, () => delimited(3, "INFO"));
  maybe(0.95, () => delimited(5, [anyValue(random, 0)]));
  for (let i = random.below(3); i > 0; i--)
    fields.push(delimited(6, keyValue(random.pick(KEYS), anyValue(random, 0))));
  maybe(0.1, () => ({ field: 7, wire: 0, value: BigInt(random.below(1000)) }));
  maybe(0.2, () => ({ field: 8, wire: 5, value: random.bytes(4) }));
  maybe(0.3, () => delimited(9, random.bytes(16)));
  maybe(0.3, () => delimited(10, random.bytes(8)));
  maybe(0.5, () => ({ field: 11, wire: 1, value: random.bytes(8) }));
  maybe(0.1, () => delimited(12, "event.name"));
  maybe(0.1, () => unknownField(random));
  return fields;
}

function keyValue(key: string, value: WireNode): WireNode[] {
  return [delimited(1, key), delimited(2, [value])];
}

function anyValue(random: Random, depth: number): WireNode {
  switch (random.below(depth > 2 ? 5 : 8)) {
    case 0:
      return { field: 2, wire: 0, value: BigInt(random.below(2)) };
    case 1:
      return { field: 3, wire: 0, value: BigInt(random.below(2 ** 31)) - 1000n };
    case 2:
      return { field: 4, wire: 1, value: random.bytes(8) };
    case 3:
      return delimited(7, random.bytes(random.below(12)));
    case 5:
      return delimited(
        5,
        Array.from({ length: random.below(3) }, () => delimited(1, [anyValue(random, depth + 1)])),
      );
    case 6:
      return delimited(
        6,
        Array.from({ length: random.below(3) }, () =>
          delimited(1, keyValue(random.pick(KEYS), anyValue(random, depth + 1))),
        ),
      );
    default:
      return delimited(1, random.pick(BODIES));
  }
}

/** A field of no version of the protocol. */
export function unknownField(random: Random): WireNode {
  const field = random.pick([15, 16, 900, 2 ** 29 - 1]);
  switch (random.below(4)) {
    case 0:
      return { field, wire: 0, value: BigInt(random.below(2 ** 31)) };
    case 1:
      return { field, wire: 1, value: random.bytes(8) };
    case 2:
      return { field, wire: 3, value: [{ field: 1, wire: 0, value: 7n }] };
    default:
      return delimited(field, random.bytes(random.below(20)));
  }
}

function eightBytes(value: bigint): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
}
