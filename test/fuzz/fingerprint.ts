import { type BinaryLike, createHash } from "node:crypto";
import { isOurAttribute } from "../helpers/remove-attributes.ts";

const PREFIX = "anomaly";
/** The messages that the product writes into: their fields by tag. Everything else is one field, whatever it holds. */
const LEVELS: readonly number[] = [0x0a, 0x12, 0x12];
const ATTRIBUTES = 0x32;

/** What a request says apart from the attributes that the product writes, and how many records it has. */
export interface Fingerprint {
  /** Equal for two requests exactly when they have the same bytes but for those attributes and the lengths around them. */
  readonly digest: string;
  readonly records: number;
}

/** Takes the fingerprint of a valid request, without any of the product's own code for its bytes. */
export function fingerprintOf(bytes: Uint8Array): Fingerprint {
  const hash = createHash("sha1");
  const walker: Walker = { bytes, at: 0, update: (data) => hash.update(data), records: 0 };
  walk(walker, bytes.length, 0);
  return { digest: hash.digest("hex"), records: walker.records };
}

interface Walker {
  readonly bytes: Uint8Array;
  at: number;
  readonly update: (data: BinaryLike) => void;
  records: number;
}

function walk(walker: Walker, end: number, level: number): void {
  while (walker.at < end) {
    const start = walker.at;
    const tag = takeVarint(walker);
    const valueAt = walker.at;
    if (tag === LEVELS[level]) {
      const length = takeVarint(walker);
      walker.update(walker.bytes.subarray(start, valueAt));
      walker.update("(");
      if (level + 1 === LEVELS.length) walker.records++;
      walk(walker, walker.at + length, level + 1);
      walker.update(")");
      continue;
    }
    skip(walker, tag);
    const isOurs =
      level === LEVELS.length && tag === ATTRIBUTES && isOurKey(walker.bytes.subarray(valueAt, walker.at));
    if (!isOurs) walker.update(walker.bytes.subarray(start, walker.at));
  }
}

/** @param field a KeyValue with its length */
function isOurKey(field: Uint8Array): boolean {
  const inner = { bytes: field, at: 0 };
  takeVarint(inner);
  let key = "";
  while (inner.at < field.length) {
    const tag = takeVarint(inner);
    const start = inner.at;
    skip(inner, tag);
    if (tag !== 0x0a) continue;
    const text = { bytes: field, at: start };
    const length = takeVarint(text);
    key = Buffer.from(field.subarray(text.at, text.at + length)).toString("utf8");
  }
  return isOurAttribute(key, PREFIX);
}

type Place = Pick<Walker, "bytes" | "at">;

function takeVarint(place: Place): number {
  let value = 0;
  for (let factor = 1; ; factor *= 128) {
    const byte = place.bytes[place.at++];
    if (byte === undefined) throw new Error("the bytes are no request");
    value += (byte & 0x7f) * factor;
    if (byte < 0x80) return value;
  }
}

function skip(place: Place, tag: number): void {
  const wire = tag % 8;
  if (wire === 0) takeVarint(place);
  else if (wire === 1) place.at += 8;
  else if (wire === 2) {
    const length = takeVarint(place);
    place.at += length;
  } else if (wire === 5) place.at += 4;
  else for (let inner = takeVarint(place); inner % 8 !== 4; inner = takeVarint(place)) skip(place, inner);
}
