import fc from "fast-check";

/** Field numbers of opentelemetry-proto 1.11.0 that the arbitraries write. */
const FIELD = {
  resourceLogs: 1,
  resource: 1,
  scopeLogs: 2,
  schemaUrl: 3,
  scope: 1,
  logRecords: 2,
  attributes: { resource: 1, scope: 3, record: 6 },
} as const;

/** A field as it stands on the wire: its tag, then its payload. */
type Field = Uint8Array;

/** A varint, `padding` bytes longer than it must be: parsers accept that, so a stage must keep it. */
function varint(value: number | bigint, padding = 0): number[] {
  const out: number[] = [];
  let rest = BigInt(value);
  do {
    out.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  } while (rest > 0n);
  for (let i = 0; i < padding; i += 1) out.push(0x80);
  const last = out.length - 1;
  out[last] = (out[last] ?? 0) & 0x7f;
  return out;
}

function delimited(field: number, content: Uint8Array, padding: number): Field {
  return Uint8Array.from([...varint((field << 3) | 2), ...varint(content.length, padding), ...content]);
}

const padding = fc.oneof({ weight: 6, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 3 }));

const message = (field: number, content: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Field> =>
  fc.tuple(content, padding).map(([bytes, extra]) => delimited(field, bytes, extra));

const text = fc.string({ unit: "grapheme", maxLength: 40 }).map((value) => new TextEncoder().encode(value));
/** Few enough that some are doubled in one record. */
export const COMMON_KEYS = ["service.name", "a", "__proto__", "ключ"];
const key = fc.oneof(
  text,
  fc.constantFrom(...COMMON_KEYS).map((value) => new TextEncoder().encode(value)),
);
/** Text that is no UTF-8: it must come out as it came in. */
const brokenText = fc.uint8Array({ maxLength: 12 });

/** Fields that no version of the protocol knows yet. */
const unknownField: fc.Arbitrary<Field> = fc.oneof(
  fc
    .tuple(fc.integer({ min: 900, max: 1_000 }), fc.bigInt({ min: 0n, max: 2n ** 63n }))
    .map(([field, value]) => Uint8Array.from([...varint(field << 3), ...varint(value)])),
  fc
    .tuple(fc.integer({ min: 900, max: 1_000 }), fc.uint8Array({ minLength: 8, maxLength: 8 }))
    .map(([field, bytes]) => Uint8Array.from([...varint((field << 3) | 1), ...bytes])),
  fc
    .tuple(fc.integer({ min: 900, max: 1_000 }), fc.uint8Array({ minLength: 4, maxLength: 4 }))
    .map(([field, bytes]) => Uint8Array.from([...varint((field << 3) | 5), ...bytes])),
  message(950, fc.uint8Array({ maxLength: 20 })),
  // A group, as proto2 has them: one varint between its start and its end.
  fc
    .nat(300)
    .map((value) =>
      Uint8Array.from([...varint((960 << 3) | 3), 0x08, ...varint(value), ...varint((960 << 3) | 4)]),
    ),
);

/** Fields in any order: a parser must not depend on it. */
function fields(...parts: readonly fc.Arbitrary<readonly Field[]>[]): fc.Arbitrary<Uint8Array> {
  return fc
    .tuple(...parts, fc.array(unknownField, { maxLength: 1 }))
    .map((lists) => lists.flat())
    .chain((all) => fc.shuffledSubarray([...all], { minLength: all.length, maxLength: all.length }))
    .map((all) => Uint8Array.from(Buffer.concat(all)));
}

const some = (field: fc.Arbitrary<Field>, maxLength: number) => fc.array(field, { maxLength });

/** A valid ExportLogsServiceRequest whose text bodies are of `bodyText`, in an unusual encoding: unknown fields on every
 * level, fields in any order, padded lengths, empty batches, missing parts, nested values. */
function requestWith(bodyText: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Uint8Array> {
  const { anyValue } = fc.letrec<{ anyValue: Uint8Array }>((tie) => ({
    anyValue: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      message(1, bodyText),
      fc.boolean().map((value) => Uint8Array.from([0x10, value ? 1 : 0])),
      fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((value) => Uint8Array.from([0x18, ...varint(value)])),
      fc.uint8Array({ minLength: 8, maxLength: 8 }).map((bytes) => Uint8Array.from([0x21, ...bytes])),
      message(7, fc.uint8Array({ maxLength: 20 })),
      fc.constant(new Uint8Array(0)),
      message(
        5,
        some(message(1, tie("anyValue")), 3).map((list) => Buffer.concat(list)),
      ),
      message(
        6,
        some(message(1, keyValue(tie("anyValue"))), 3).map((list) => Buffer.concat(list)),
      ),
    ),
  }));

  function keyValue(value: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Uint8Array> {
    return fields(some(message(1, key), 1), some(message(2, value), 1));
  }

  const attributes = (field: number) => some(message(field, keyValue(anyValue)), 3);

  const record = fields(
    fc.array(
      fc.uint8Array({ minLength: 8, maxLength: 8 }).map((bytes) => Uint8Array.from([0x09, ...bytes])),
      {
        maxLength: 1,
      },
    ),
    fc.array(
      fc.integer({ min: 0, max: 24 }).map((value) => Uint8Array.from([0x10, value])),
      { maxLength: 1 },
    ),
    some(message(3, text), 1),
    some(message(5, anyValue), 1),
    attributes(FIELD.attributes.record),
    some(message(9, fc.uint8Array({ minLength: 16, maxLength: 16 })), 1),
    some(message(10, fc.uint8Array({ minLength: 8, maxLength: 8 })), 1),
    some(
      fc.uint8Array({ minLength: 8, maxLength: 8 }).map((bytes) => Uint8Array.from([0x59, ...bytes])),
      1,
    ),
    some(message(12, text), 1),
  );

  const resource = fields(attributes(FIELD.attributes.resource));
  const scope = fields(some(message(1, text), 1), attributes(FIELD.attributes.scope));
  const scopeLogs = fields(
    some(message(FIELD.scope, scope), 1),
    some(message(FIELD.logRecords, record), 4),
    some(message(FIELD.schemaUrl, text), 1),
  );
  const resourceLogs = fields(
    some(message(FIELD.resource, resource), 2),
    some(message(FIELD.scopeLogs, scopeLogs), 3),
    some(message(FIELD.schemaUrl, text), 1),
  );

  return fields(some(message(FIELD.resourceLogs, resourceLogs), 3));
}

/** Some of its texts are no UTF-8, which parsers that decode refuse and a relay must keep. */
export const arbitraryRequest = requestWith(fc.oneof(text, brokenText));
/** All of its texts are UTF-8. */
export const arbitraryUtf8Request = requestWith(text);

/** An AnyValue nested so many levels deep, as the body of the only record. */
export function deeplyNested(levels: number): Uint8Array {
  let value: Uint8Array = Uint8Array.from([0x10, 1]);
  for (let i = 0; i < levels; i += 1) value = delimited(5, delimited(1, value, 0), 0);
  const body = delimited(5, value, 0);
  return delimited(1, delimited(2, delimited(2, body, 0), 0), 0);
}
