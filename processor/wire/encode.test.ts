import { fromBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ExportLogsServiceRequestSchema } from "../../proto/gen/opentelemetry/proto/collector/logs/v1/logs_service_pb.js";
import { encodeRequest, type NewRecord } from "./encode.ts";
import { readRequest } from "./read-request.ts";
import type { AttributeValue } from "./record-view.ts";

const text = fc.string({ unit: "grapheme", maxLength: 300 });
const { value } = fc.letrec<{ value: AttributeValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    text,
    fc.boolean(),
    fc.double(),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.uint8Array({ maxLength: 20 }),
    fc.constant(null),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(text, tie("value"), { maxKeys: 3, noNullPrototype: true }),
  ),
}));
const attributes = fc.dictionary(text, value, { maxKeys: 4, noNullPrototype: true });
const record: fc.Arbitrary<NewRecord> = fc.record({
  timeUnixNano: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  observedTimeUnixNano: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  severityNumber: fc.nat(24),
  severityText: text,
  body: text,
  attributes,
  traceId: fc.uint8Array({ minLength: 16, maxLength: 16 }).map((id) => Buffer.from(id).toString("hex")),
  eventName: text,
});
const resources = fc.array(
  fc.record({ attributes, scopeName: text, records: fc.array(record, { maxLength: 3 }) }),
  { maxLength: 3 },
);

describe("an encoded request", () => {
  it("says what it was made of", () => {
    fc.assert(
      fc.property(resources, (made) => {
        const records = made.flatMap((one) => one.records.map((each) => ({ ...each, resource: one })));
        const views = readRequest(encodeRequest(made)).records;
        expect(views).toHaveLength(records.length);
        for (const [i, { resource, ...each }] of records.entries()) {
          expect(views[i]).toMatchObject({
            timeUnixNano: each.timeUnixNano,
            observedTimeUnixNano: each.observedTimeUnixNano,
            severityNumber: each.severityNumber,
            severityText: each.severityText,
            body: each.body,
          });
          for (const [key, expected] of Object.entries(each.attributes ?? {}))
            expect(views[i]?.attribute(key)).toEqual(expected);
          for (const [key, expected] of Object.entries(resource.attributes))
            expect(views[i]?.resourceAttribute(key)).toEqual(expected);
        }
      }),
      { numRuns: 200 },
    );
  });

  it("is read by another parser too", () => {
    fc.assert(
      fc.property(resources, (made) => {
        const { resourceLogs } = fromBinary(ExportLogsServiceRequestSchema, encodeRequest(made));
        expect(resourceLogs.map(({ scopeLogs }) => scopeLogs[0]?.scope?.name ?? "")).toEqual(
          made.map(({ scopeName }) => scopeName),
        );
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    ["traceId", "0102"],
    ["traceId", "zz02030405060708090a0b0c0d0e0f10"],
    ["spanId", "0102030405060708090a0b0c0d0e0f10"],
  ])("is not made of an id that is none: %s %s", (name, id) => {
    const make = () =>
      encodeRequest([{ attributes: {}, records: [{ timeUnixNano: 1n, body: "", [name]: id }] }]);
    expect(make).toThrow(RangeError);
    expect(make).toThrow(name);
  });
});
