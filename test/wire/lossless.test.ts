import { create, fromBinary, fromJsonString, toBinary, toJsonString } from "@bufbuild/protobuf";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createEnrich } from "../../processor/enrich/enrich.ts";
import { jsonToProtobuf } from "../../processor/wire/json.ts";
import { readRequest } from "../../processor/wire/read-request.ts";
import { MalformedRequestError, type NewAttribute } from "../../processor/wire/record-view.ts";
import { spliceAttributes } from "../../processor/wire/splice.ts";
import { splitRequest } from "../../processor/wire/split.ts";
import { ExportLogsServiceRequestSchema } from "../../proto/gen/opentelemetry/proto/collector/logs/v1/logs_service_pb.js";
import { isOurAttribute, removeAttributes } from "../helpers/remove-attributes.ts";
import { arbitraryRequest, arbitraryUtf8Request, deeplyNested } from "./arbitrary-request.ts";

const additions: fc.Arbitrary<readonly NewAttribute[]> = fc.uniqueArray(
  fc.record({
    key: fc.constantFrom(
      "anomaly.score",
      "anomaly.is_anomaly",
      "anomaly.explanation",
      "log.record.template",
      "anomaly.id",
    ),
    value: fc.oneof(
      fc.double({ noNaN: true }),
      fc.boolean(),
      fc.string({ unit: "grapheme", maxLength: 300 }),
    ),
  }),
  { selector: ({ key }) => key, maxLength: 5 },
);
/** The long run asks for more (CONTRIBUTING.md). */
const RUNS = process.env["LOGBERT_PROPERTY_RUNS"];
const runs = (usual: number) => (RUNS === undefined ? usual : Number(RUNS));
const isOurs = (key: string) => isOurAttribute(key, "anomaly");

describe("whatever a request looks like", () => {
  it("removing our attributes from what comes out gives what came in, byte for byte", () => {
    fc.assert(
      fc.property(
        arbitraryRequest,
        fc.array(additions, { minLength: 40, maxLength: 40 }),
        (bytes, perRecord) => {
          const enriched = spliceAttributes(readRequest(bytes), (index) => perRecord[index % 40] ?? []);
          expect(Buffer.compare(removeAttributes(enriched, isOurs), bytes)).toBe(0);
        },
      ),
      { numRuns: runs(1_000) },
    );
  });

  it("another parser finds the same records, with our attributes behind their own", () => {
    fc.assert(
      fc.property(arbitraryUtf8Request, additions, (bytes, added) => {
        const enriched = spliceAttributes(readRequest(bytes), () => added);
        const before = recordsOf(bytes);
        const after = recordsOf(enriched);
        expect(after).toHaveLength(before.length);
        for (const [index, record] of after.entries()) {
          const own = before[index]?.attributes ?? [];
          expect(record.attributes.slice(0, own.length)).toEqual(own);
          expect(record.attributes.slice(own.length).map(({ key }) => key)).toEqual(
            added.map(({ key }) => key),
          );
          expect({ ...record, attributes: own }).toEqual({ ...before[index], attributes: own });
        }
      }),
      { numRuns: runs(300) },
    );
  });

  it("a key of ours that a record had already is replaced, not doubled", () => {
    fc.assert(
      fc.property(arbitraryUtf8Request, (bytes) => {
        const once = spliceAttributes(readRequest(bytes), () => [{ key: "anomaly.score", value: 0.25 }]);
        const twice = spliceAttributes(readRequest(once), () => [{ key: "anomaly.score", value: 0.75 }]);
        for (const { attributes } of recordsOf(twice)) {
          const scores = attributes.filter(({ key }) => key === "anomaly.score");
          expect(scores.map(({ value }) => value?.value)).toEqual([{ case: "doubleValue", value: 0.75 }]);
        }
      }),
      { numRuns: runs(200) },
    );
  });

  it("a request without verdicts goes on as the very same bytes", () => {
    fc.assert(
      fc.property(arbitraryRequest, (bytes) => {
        const request = readRequest(bytes);
        expect(createEnrich("anomaly")(request, { parsed: [], findings: [], anomalies: [] })).toBe(bytes);
      }),
    );
  });

  it("every record is in exactly one part of a split request, in its order, under its resource and scope", () => {
    fc.assert(
      fc.property(arbitraryUtf8Request, fc.integer({ min: 64, max: 4_000 }), (bytes, bytesMax) => {
        const parts = splitRequest(bytes, bytesMax);
        const joined = parts.flatMap((part) => placesOf(part));
        expect(joined).toEqual(placesOf(bytes));
        for (const part of parts) {
          if (part.length > bytesMax) expect(recordsOf(part).length).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: runs(500) },
    );
  });
});

describe("bytes that are no request", () => {
  it("are refused with a typed error or read, never anything else: garbage", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(readOrRefused(bytes)).not.toBe("crashed");
      }),
      { numRuns: runs(2_000) },
    );
  });

  it("are never accepted where another parser refuses them: a request cut anywhere", () => {
    fc.assert(
      fc.property(arbitraryUtf8Request, fc.nat(), (bytes, at) => {
        const cut = bytes.subarray(0, bytes.length === 0 ? 0 : at % bytes.length);
        const result = readOrRefused(cut);
        expect(result).not.toBe("crashed");
        if (!parses(cut)) expect(result).toBe("refused");
      }),
      { numRuns: runs(500) },
    );
  });

  it("are refused when values are nested beyond any use, without a deep stack", () => {
    expect(readOrRefused(deeplyNested(10))).toBe("read");
    expect(readOrRefused(deeplyNested(3_000))).not.toBe("crashed");
  });

  it("say where, and never what", () => {
    const secret = new TextEncoder().encode("password=hunter2");
    const bytes = Uint8Array.from([0x0a, 0x7f, ...secret]);
    expect(() => readRequest(bytes)).toThrow(MalformedRequestError);
    expect(() => readRequest(bytes)).not.toThrow(/hunter2/);
  });
});

describe("OTLP/JSON", () => {
  it("means what an independent implementation says it means", () => {
    fc.assert(
      fc.property(arbitraryUtf8Request, (bytes) => {
        const message = withoutUnknown(fromBinary(ExportLogsServiceRequestSchema, bytes));
        // The specification wants ids in hex where protobuf's own JSON has base64.
        const json = toJsonString(ExportLogsServiceRequestSchema, message).replace(
          /"(traceId|spanId)":"([^"]*)"/g,
          (_, key: string, id: string) => `"${key}":"${Buffer.from(id, "base64").toString("hex")}"`,
        );
        const converted = fromBinary(ExportLogsServiceRequestSchema, jsonToProtobuf(Buffer.from(json)));
        expect(toBinary(ExportLogsServiceRequestSchema, converted)).toEqual(
          toBinary(ExportLogsServiceRequestSchema, message),
        );
      }),
      { numRuns: runs(300) },
    );
  });

  it("ignores fields that it does not know", () => {
    const json =
      '{"resourceLogs":[{"new":{"a":[1]},"scopeLogs":[{"logRecords":[{"body":{"stringValue":"x"},"z":1}]}]}]}';
    expect(readRequest(jsonToProtobuf(Buffer.from(json))).records.map(({ body }) => body)).toEqual(["x"]);
  });

  it("is refused where one list stands under both of its names: one of them would be lost in silence", () => {
    const json = '{"resourceLogs":[],"resource_logs":[{"scopeLogs":[{"logRecords":[{}]}]}]}';
    expect(() => jsonToProtobuf(Buffer.from(json))).toThrow("one of resourceLogs and resource_logs");
  });

  it.each(["", "{", "[]", '"x"', '{"resourceLogs":{}}', '{"resourceLogs":[{"scopeLogs":7}]}'])(
    "is refused when it is none: %s",
    (json) => {
      expect(() => jsonToProtobuf(Buffer.from(json))).toThrow(MalformedRequestError);
    },
  );
});

function withoutUnknown(message: ReturnType<typeof decode>): ReturnType<typeof decode> {
  return fromJsonString(
    ExportLogsServiceRequestSchema,
    toJsonString(ExportLogsServiceRequestSchema, message),
  );
}

function decode(bytes: Uint8Array) {
  return fromBinary(ExportLogsServiceRequestSchema, Uint8Array.from(bytes));
}

function recordsOf(bytes: Uint8Array) {
  return decode(bytes).resourceLogs.flatMap(({ scopeLogs }) =>
    scopeLogs.flatMap(({ logRecords }) => logRecords),
  );
}

/** Each record with what it stands under. */
function placesOf(bytes: Uint8Array) {
  return decode(bytes).resourceLogs.flatMap(({ resource, schemaUrl, scopeLogs }) =>
    scopeLogs.flatMap(({ scope, schemaUrl: scopeSchemaUrl, logRecords }) =>
      logRecords.map((record) => ({ resource, schemaUrl, scope, scopeSchemaUrl, record })),
    ),
  );
}

function readOrRefused(bytes: Uint8Array): "read" | "refused" | "crashed" {
  try {
    for (const record of readRequest(bytes).records) {
      void record.body;
      void record.attribute("a");
      void record.resourceAttribute("service.name");
      void record.traceId;
    }
    return "read";
  } catch (error) {
    return error instanceof MalformedRequestError ? "refused" : "crashed";
  }
}

function parses(bytes: Uint8Array): boolean {
  try {
    create(ExportLogsServiceRequestSchema, decode(bytes));
    return true;
  } catch {
    return false;
  }
}
