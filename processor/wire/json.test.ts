import { fromBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ExportLogsServiceRequestSchema } from "../../proto/gen/opentelemetry/proto/collector/logs/v1/logs_service_pb.js";
import type { AnyValue } from "../../proto/gen/opentelemetry/proto/common/v1/common_pb.js";
import { jsonToProtobuf } from "./json.ts";
import { readRequest } from "./read-request.ts";
import { MalformedRequestError } from "./record-view.ts";

const convert = (json: string) =>
  fromBinary(ExportLogsServiceRequestSchema, new Uint8Array(jsonToProtobuf(Buffer.from(json))));

/** The only record of a request whose record is this JSON. */
function recordOf(json: string) {
  const request = convert(`{"resourceLogs":[{"scopeLogs":[{"logRecords":[${json}]}]}]}`);
  const record = request.resourceLogs[0]?.scopeLogs[0]?.logRecords[0];
  if (record === undefined) throw new Error("expected a record");
  return record;
}

const bodyOf = (json: string): AnyValue["value"] | undefined => recordOf(`{"body":${json}}`).body?.value;
const refusal = (json: string) => {
  try {
    recordOf(json);
  } catch (error) {
    if (error instanceof MalformedRequestError) return error.message;
    throw error;
  }
  throw new Error("expected a refusal");
};

describe("what is no OTLP/JSON", () => {
  it.each([
    ['{"traceId":"xyz"}', "traceId: expected 32 hex digits, got another string"],
    ['{"traceId":"0102"}', "traceId: expected 32 hex digits, got another string"],
    ['{"spanId":"0102030405060708090a"}', "spanId: expected 16 hex digits, got another string"],
    ['{"timeUnixNano":-1}', "timeUnixNano: expected an unsigned 64-bit integer"],
    ['{"timeUnixNano":"18446744073709551616"}', "timeUnixNano: expected an unsigned 64-bit integer"],
    ['{"timeUnixNano":1.5}', "got another number"],
    ['{"severityNumber":"LOUD"}', "severityNumber: expected a severity number"],
    ['{"severityText":7}', "severityText: expected a string, got another number"],
    ['{"body":"x"}', "body: expected an object, got another string"],
    ['{"body":{"stringValue":"x","intValue":1}}', "body: expected one value"],
    ['{"body":{"intValue":"9223372036854775808"}}', "intValue: expected a 64-bit integer"],
    ['{"body":{"boolValue":"true"}}', "boolValue: expected true or false"],
    ['{"body":{"doubleValue":"much"}}', "doubleValue: expected a number"],
    ['{"body":{"bytesValue":"a"}}', "bytesValue: expected base64"],
    ['{"body":{"arrayValue":{"values":{}}}}', "values: expected an array, got an object"],
    ['{"attributes":{"a":"b"}}', "attributes: expected an array, got an object"],
    ['{"attributes":[null]}', "attributes[0]: expected an object, got null"],
    ['{"flags":4294967296}', "flags: expected an unsigned 32-bit integer"],
  ])("is refused with its place and its kind: %s", (json, reason) => {
    expect(refusal(json)).toContain(reason);
    expect(refusal(json)).toContain("resourceLogs[0].scopeLogs[0].logRecords[0]");
  });

  it("is never quoted", () => {
    for (const json of [
      '{"body":{"intValue":"hunter2"}}',
      '{"traceId":"hunter2"}',
      '{"severityNumber":"hunter2"}',
      '{"body": hunter2}',
      '{"hunter2',
    ])
      expect(refusal(json)).not.toContain("hunter2");
  });

  it("is refused or read, and nothing else: any JSON", () => {
    const names = [
      "resourceLogs",
      "scopeLogs",
      "logRecords",
      "body",
      "attributes",
      "key",
      "value",
      "stringValue",
    ];
    const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 6 },
        fc.jsonValue({ maxDepth: 1 }),
        fc.array(tie("tree"), { maxLength: 2 }),
        fc.dictionary(fc.constantFrom(...names), tie("tree"), { maxKeys: 3 }),
      ),
    }));
    fc.assert(
      fc.property(tree, (value) => {
        expect(["read", "refused"]).toContain(outcomeOf(Buffer.from(JSON.stringify(value))));
      }),
      { numRuns: 2_000 },
    );
  });

  it("is refused or read, and nothing else: any bytes", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.string().map((text) => Buffer.from(text)),
        ),
        (bytes) => {
          expect(["read", "refused"]).toContain(outcomeOf(bytes));
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

describe("ids", () => {
  it("are hex in any case, and empty ones absent", () => {
    const record = recordOf('{"traceId":"0102030405060708090A0B0C0D0E0F10","spanId":"a1B2c3D4e5F60708"}');
    expect(Buffer.from(record.traceId).toString("hex")).toBe("0102030405060708090a0b0c0d0e0f10");
    expect(Buffer.from(record.spanId).toString("hex")).toBe("a1b2c3d4e5f60708");
    expect(recordOf('{"traceId":"","spanId":""}').traceId).toHaveLength(0);
  });
});

describe("64-bit integers", () => {
  it.each(["0", "1", "1700000000000000001", "18446744073709551615"])("of time are exact: %s", (digits) => {
    expect(recordOf(`{"timeUnixNano":"${digits}"}`).timeUnixNano).toBe(BigInt(digits));
    expect(recordOf(`{"timeUnixNano":${digits}}`).timeUnixNano).toBe(BigInt(digits));
  });

  it.each(["-9223372036854775808", "-1", "0", "9007199254740993", "9223372036854775807"])(
    "of values are exact: %s",
    (digits) => {
      expect(bodyOf(`{"intValue":"${digits}"}`)).toEqual({ case: "intValue", value: BigInt(digits) });
      expect(bodyOf(`{"intValue":${digits}}`)).toEqual({ case: "intValue", value: BigInt(digits) });
    },
  );
});

describe("values", () => {
  it.each([
    ['{"doubleValue":1}', { case: "doubleValue", value: 1 }],
    ['{"doubleValue":18446744073709551616}', { case: "doubleValue", value: 2 ** 64 }],
    ['{"doubleValue":"NaN"}', { case: "doubleValue", value: Number.NaN }],
    ['{"doubleValue":"-Infinity"}', { case: "doubleValue", value: Number.NEGATIVE_INFINITY }],
    ['{"doubleValue":-0}', { case: "doubleValue", value: -0 }],
    ['{"stringValue":""}', { case: "stringValue", value: "" }],
    ['{"boolValue":false}', { case: "boolValue", value: false }],
    ['{"stringValue":"ж😀\\u0000"}', { case: "stringValue", value: "ж😀\u0000" }],
    ['{"stringValue":null}', { case: undefined }],
    ["{}", { case: undefined }],
  ])("%s", (json, value) => {
    expect(bodyOf(json)).toEqual(value);
  });

  it.each(["-_8=", "-_8", "+/8=", "+/8"])("of bytes are base64 in both alphabets: %s", (text) => {
    expect(bodyOf(`{"bytesValue":"${text}"}`)).toEqual({
      case: "bytesValue",
      value: Uint8Array.from([0xfb, 0xff]),
    });
  });
});

describe("what senders do", () => {
  it("severity numbers by name, snake_case and traceFlags are read", () => {
    const record = recordOf(
      '{"severity_number":"SEVERITY_NUMBER_ERROR2","time_unix_nano":"5","traceFlags":1,"event_name":"e"}',
    );
    expect(record).toMatchObject({ severityNumber: 18, timeUnixNano: 5n, flags: 1, eventName: "e" });
  });

  it("fields that nobody knows are ignored, also among those that are one of several", () => {
    const record = recordOf(
      '{"new":{"a":[1,{}]},"body":{"stringValue":"x","newValue":1},"__proto__":{"flags":1}}',
    );
    expect(record.body?.value).toEqual({ case: "stringValue", value: "x" });
    expect(record.flags).toBe(0);
  });

  it("an empty request is one", () => {
    expect(convert("{}").resourceLogs).toEqual([]);
    expect(convert('{"resourceLogs":null}').resourceLogs).toEqual([]);
    expect(convert('{"resourceLogs":[{}]}').resourceLogs).toHaveLength(1);
  });
});

function outcomeOf(json: Uint8Array): "read" | "refused" {
  try {
    readRequest(jsonToProtobuf(json));
    return "read";
  } catch (error) {
    if (error instanceof MalformedRequestError) return "refused";
    throw error;
  }
}
