/** Where the bytes of an enriched request differ from the request's own in more than our attributes. */
export interface Difference {
  /** Such as `resourceLogs[0].scopeLogs[2].logRecords[17]`; names and numbers alone, never content. */
  readonly path: string;
  readonly problem: string;
}

const NAMES = ["resourceLogs", "scopeLogs", "logRecords"];
const CHILD_TAGS = [0x0a, 0x12, 0x12];
const RECORD_LEVEL = CHILD_TAGS.length;
const ATTRIBUTES = 0x32;
const KEY = 0x0a;
const NONE: ReadonlySet<number> = new Set();

/**
 * Compares a valid request with what enrichment made of it: every field byte for byte and in its order, unknown ones included;
 * only the lengths around grown records may differ, attributes of ours may be new at the end of a record, and those that were there
 * may be gone. It shares no code with the reader and the writer that it checks.
 *
 * @param isOurs whether an attribute's key is one that the product writes
 * @param leftOut indexes of records that must be missing, with the scopes and resources that hold only those
 * @returns the first difference, or undefined
 */
export function findDifference(
  original: Uint8Array,
  enriched: Uint8Array,
  isOurs: (key: string) => boolean,
  leftOut: ReadonlySet<number> = NONE,
): Difference | undefined {
  const comparison: Comparison = {
    before: bufferOf(original),
    after: bufferOf(enriched),
    isOurs,
    leftOut,
    record: 0,
    path: [],
  };
  try {
    compareMessages(comparison, whole(comparison.before), whole(comparison.after), 0);
    return undefined;
  } catch (error) {
    if (!(error instanceof DifferenceError)) throw error;
    return { path: comparison.path.join("."), problem: error.message };
  }
}

class DifferenceError extends Error {}

interface Comparison {
  readonly before: Buffer;
  readonly after: Buffer;
  readonly isOurs: (key: string) => boolean;
  readonly leftOut: ReadonlySet<number>;
  /** Index of the next record. */
  record: number;
  /** Of the message that is being compared; stays where a difference is found. */
  readonly path: string[];
}

/** Bytes [at, end) that are still to be compared. */
interface Rest {
  at: number;
  readonly end: number;
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

function whole(bytes: Buffer): Rest {
  return { at: 0, end: bytes.length };
}

function compareMessages(comparison: Comparison, before: Rest, after: Rest, level: number): void {
  if (level === RECORD_LEVEL) {
    comparison.record += 1;
    compareRecords(comparison, before, after);
    return;
  }
  const { path } = comparison;
  for (let child = 0; before.at < before.end; ) {
    const old = takeField(comparison.before, before);
    const isChild = old.tag === CHILD_TAGS[level];
    if (isChild && passLeftOut(comparison, old, level + 1)) {
      child += 1;
      continue;
    }
    const next = takeField(comparison.after, after);
    if (!isChild) {
      sameField(comparison, old, next);
      continue;
    }
    path.push(`${NAMES[level]}[${child++}]`);
    sameBytes(comparison, [old.start, old.valueAt], [next.start, next.valueAt], "another field");
    compareMessages(
      comparison,
      { at: old.contentAt, end: old.end },
      { at: next.contentAt, end: next.end },
      level + 1,
    );
    path.pop();
  }
  if (after.at < after.end) throw new DifferenceError("a field more");
}

/** Whether the message goes with all of its records, of which there are some. */
function passLeftOut(comparison: Comparison, message: Field, level: number): boolean {
  const { leftOut, record } = comparison;
  if (leftOut.size === 0) return false;
  const count = countRecords(comparison.before, message, level);
  for (let index = record; index < record + count; index++) if (!leftOut.has(index)) return false;
  comparison.record += count;
  return count > 0;
}

function countRecords(bytes: Buffer, { contentAt, end }: Field, level: number): number {
  if (level === RECORD_LEVEL) return 1;
  let count = 0;
  for (const rest = { at: contentAt, end }; rest.at < rest.end; ) {
    const field = takeField(bytes, rest);
    if (field.tag === CHILD_TAGS[level]) count += countRecords(bytes, field, level + 1);
  }
  return count;
}

/** Mostly the old record is the beginning of the new one, which is seen at once. */
function compareRecords(comparison: Comparison, before: Rest, after: Rest): void {
  const length = before.end - before.at;
  const isGrown =
    after.end - after.at >= length &&
    comparison.before.compare(comparison.after, after.at, after.at + length, before.at, before.end) === 0;
  if (isGrown) after.at += length;
  else compareFields(comparison, before, after);
  while (after.at < after.end)
    if (!isOurField(comparison, comparison.after, takeField(comparison.after, after)))
      throw new DifferenceError("a field more");
}

/** Attributes of ours may be missing: they were replaced, or taken away. */
function compareFields(comparison: Comparison, before: Rest, after: Rest): void {
  while (before.at < before.end) {
    const old = takeField(comparison.before, before);
    const mark = after.at;
    const next = after.at < after.end ? takeField(comparison.after, after) : undefined;
    if (next !== undefined && isSame(comparison, [old.start, old.end], [next.start, next.end])) continue;
    if (!isOurField(comparison, comparison.before, old))
      throw new DifferenceError("a field is changed or missing");
    after.at = mark;
  }
}

/** A field: where its tag, its value (with its length) and its content start, and where it ends. */
interface Field {
  readonly tag: number;
  readonly start: number;
  readonly valueAt: number;
  readonly contentAt: number;
  readonly end: number;
}

function takeField(bytes: Buffer, rest: Rest): Field {
  if (rest.at >= rest.end) throw new DifferenceError("a field is missing");
  const start = rest.at;
  const tag = takeVarint(bytes, rest);
  const valueAt = rest.at;
  const contentAt = skipValue(bytes, rest, tag);
  if (rest.at > rest.end) throw new DifferenceError("a field that reaches too far");
  return { tag, start, valueAt, contentAt, end: rest.at };
}

/** Returns where the content starts. */
function skipValue(bytes: Buffer, rest: Rest, tag: number): number {
  const start = rest.at;
  switch (tag % 8) {
    case 0:
      takeVarint(bytes, rest);
      return start;
    case 1:
      rest.at += 8;
      return start;
    case 2: {
      const length = takeVarint(bytes, rest);
      const contentAt = rest.at;
      rest.at += length;
      return contentAt;
    }
    case 3:
      for (let inner = takeVarint(bytes, rest); inner % 8 !== 4; inner = takeVarint(bytes, rest))
        skipValue(bytes, rest, inner);
      return start;
    case 5:
      rest.at += 4;
      return start;
    default:
      throw new DifferenceError("a field of an unknown wire type");
  }
}

function takeVarint(bytes: Buffer, rest: Rest): number {
  let value = 0;
  for (let factor = 1; ; factor *= 128) {
    if (rest.at >= rest.end) throw new DifferenceError("a field is cut");
    const byte = bytes[rest.at++] ?? 0;
    value += (byte & 0x7f) * factor;
    if (byte < 0x80) return value;
  }
}

function isOurField(comparison: Comparison, bytes: Buffer, field: Field): boolean {
  if (field.tag !== ATTRIBUTES) return false;
  const rest: Rest = { at: field.contentAt, end: field.end };
  let key = "";
  while (rest.at < rest.end) {
    const inner = takeField(bytes, rest);
    if (inner.tag === KEY) key = bytes.toString("utf8", inner.contentAt, inner.end);
  }
  return comparison.isOurs(key);
}

type Range = readonly [from: number, to: number];

function isSame({ before, after }: Comparison, [from, to]: Range, [newFrom, newTo]: Range): boolean {
  return to - from === newTo - newFrom && before.compare(after, newFrom, newTo, from, to) === 0;
}

function sameBytes(comparison: Comparison, old: Range, next: Range, problem: string): void {
  if (!isSame(comparison, old, next)) throw new DifferenceError(problem);
}

function sameField(comparison: Comparison, old: Field, next: Field): void {
  sameBytes(
    comparison,
    [old.start, old.end],
    [next.start, next.end],
    `field ${Math.floor(old.tag / 8)} is changed or missing`,
  );
}
