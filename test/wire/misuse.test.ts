import { fromBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { VALUE_DEPTH_MAX } from "../../processor/wire/any-value.ts";
import { jsonToProtobuf } from "../../processor/wire/json.ts";
import { BRACKET_DEPTH_MAX } from "../../processor/wire/parse-json.ts";
import { readRequest } from "../../processor/wire/read-request.ts";
import { MalformedRequestError } from "../../processor/wire/record-view.ts";
import { spliceAttributes } from "../../processor/wire/splice.ts";
import { splitRequest } from "../../processor/wire/split.ts";
import { ExportLogsServiceRequestSchema } from "../../proto/gen/opentelemetry/proto/collector/logs/v1/logs_service_pb.js";
import { removeAttributes } from "../helpers/remove-attributes.ts";
import { arbitraryRequest, arbitraryUtf8Request, deeplyNested } from "./arbitrary-request.ts";

/** Everything that is done with a request, on any bytes. */
function walkThrough(bytes: Uint8Array): "read" | "refused" {
  try {
    const request = readRequest(bytes);
    for (const record of request.records) {
      void [record.body, record.traceId, record.severityText, record.severityNumber, record.timeUnixNano];
      void [record.attribute("a"), record.resourceAttribute("service.name"), record.observedTimeUnixNano];
    }
    const enriched = spliceAttributes(request, () => [{ key: "anomaly.score", value: 0.5 }]);
    expect(
      Buffer.compare(
        removeAttributes(enriched, (key) => key === "anomaly.score"),
        bytes,
      ),
    ).toBe(0);
    splitRequest(enriched, 64);
    return "read";
  } catch (error) {
    if (error instanceof MalformedRequestError) return "refused";
    throw error;
  }
}

function isParsedElsewhere(bytes: Uint8Array): boolean {
  try {
    fromBinary(ExportLogsServiceRequestSchema, Uint8Array.from(bytes));
    return true;
  } catch {
    return false;
  }
}

describe("bytes that were cut", () => {
  it("anywhere are read exactly where another parser reads them", () => {
    fc.assert(
      fc.property(arbitraryUtf8Request, (bytes) => {
        for (let end = 0; end < bytes.length; end += 1) {
          const cut = bytes.subarray(0, end);
          expect(walkThrough(cut) === "read", `cut at ${end}`).toBe(isParsedElsewhere(cut));
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe("bytes that were damaged", () => {
  it("in one place are read or refused, and nothing else", () => {
    fc.assert(
      fc.property(arbitraryRequest, fc.nat(), fc.nat(255), (bytes, at, value) => {
        const damaged = Uint8Array.from(bytes);
        if (bytes.length > 0) damaged[at % bytes.length] = value;
        expect(["read", "refused"]).toContain(walkThrough(damaged));
      }),
      { numRuns: 3_000 },
    );
  });

  it("beyond recognition are read or refused, in whatever message they stand", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const record = inField(2, bytes);
        for (const garbage of [
          bytes,
          inField(1, bytes),
          inField(1, inField(2, bytes)),
          inField(1, inField(2, record)),
        ])
          expect(["read", "refused"]).toContain(walkThrough(garbage));
      }),
      { numRuns: 3_000 },
    );
  });
});

describe("a resource or a scope", () => {
  const withHolders = (resource: Uint8Array, scope: Uint8Array) =>
    inField(
      1,
      Uint8Array.from([
        ...inField(1, resource),
        ...inField(2, Uint8Array.from([...inField(1, scope), 0x12, 0])),
      ]),
    );
  const nothing = new Uint8Array(0);

  it.each([
    ["dropped_attributes_count as text", withHolders(Uint8Array.from([0x12, 0x01, 0x33]), nothing)],
    ["an EntityRef that is cut", withHolders(Uint8Array.from([0x1a, 0x02, 0x0a, 0x05]), nothing)],
    ["an EntityRef's type as a number", withHolders(Uint8Array.from([0x1a, 0x02, 0x10, 0x05]), nothing)],
    ["a scope's name as a number", withHolders(nothing, Uint8Array.from([0x08, 0x01]))],
    ["a scope's dropped_attributes_count as text", withHolders(nothing, Uint8Array.from([0x22, 0x01, 0x33]))],
  ])("is refused with %s, as the next hop would refuse it", (_, bytes) => {
    expect(() => readRequest(bytes)).toThrow(MalformedRequestError);
  });

  it("is taken with fields that no version knows", () => {
    const unknown = Uint8Array.from([0x2a, 0x01, 0x00, 0x30, 0x07]);
    expect(readRequest(withHolders(unknown, unknown)).records).toHaveLength(1);
  });
});

describe("values that are nested", () => {
  it(`are read ${VALUE_DEPTH_MAX} deep and refused beyond, with a reason`, () => {
    expect(walkThrough(deeplyNested(VALUE_DEPTH_MAX))).toBe("read");
    const beyond = deeplyNested(VALUE_DEPTH_MAX + 1);
    expect(() => readRequest(beyond)).toThrow(MalformedRequestError);
    expect(() => readRequest(beyond)).toThrow(`values nested deeper than ${VALUE_DEPTH_MAX}`);
  });

  it("in JSON are read as deep as in protobuf", () => {
    const nested = (levels: number) =>
      Buffer.from(
        `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":${'{"kvlistValue":{"values":[{"value":'.repeat(levels)}{"boolValue":true}${"}]}}".repeat(levels)}}]}]}]}`,
      );
    const records = readRequest(jsonToProtobuf(nested(VALUE_DEPTH_MAX))).records;
    expect(records[0]?.body).toContain("true");
    expect(() => readRequest(jsonToProtobuf(nested(VALUE_DEPTH_MAX + 1)))).toThrow(MalformedRequestError);
    expect(() => jsonToProtobuf(nested(100_000))).toThrow(`nested deeper than ${BRACKET_DEPTH_MAX}`);
  });

  it("in unknown groups are skipped as far as is sane", () => {
    const groups = (levels: number) =>
      Uint8Array.from(
        [...Array<number>(levels).fill(0xfb), ...Array<number>(levels).fill(0xfc)].flatMap((tag) => [
          tag,
          0x3e,
        ]),
      );
    expect(walkThrough(groups(64))).toBe("read");
    expect(walkThrough(groups(100_000))).toBe("refused");
  });
});

describe("a length or tag beyond anything", () => {
  it.each([
    ["a length of 2^64 - 1", [0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]],
    ["a length of 2^63", [0x0a, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01]],
    ["a length of 2^32", [0x0a, 0x80, 0x80, 0x80, 0x80, 0x10]],
    ["a varint of eleven bytes", [0x0a, ...Array<number>(10).fill(0x80), 0x00]],
    ["field 0", [0x00, 0x00]],
    ["a tag beyond 32 bits", [0xff, 0xff, 0xff, 0xff, 0xff, 0x01, 0x00]],
    ["wire type 6", [0x0e]],
    ["wire type 7", [0x0f]],
    ["the end of no group", [0x0c]],
    ["the end of another group", [0xfb, 0x3e, 0xf4, 0x3e]],
    ["a group without an end", [0xfb, 0x3e]],
    ["resource_logs as a number", [0x08, 0x01]],
    ["a record's time as a varint", [...inField(1, inField(2, inField(2, Uint8Array.from([0x08, 0x01]))))]],
  ])("is refused: %s", (_, bytes) => {
    expect(() => readRequest(Uint8Array.from(bytes))).toThrow(MalformedRequestError);
  });
});

/** As the content of a length-delimited field; at most 127 bytes. */
function inField(field: number, content: Uint8Array): Uint8Array {
  return Uint8Array.from([field * 8 + 2, content.length, ...content]);
}
