import { fromBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeRequest } from "../../processor/wire/encode.ts";
import { readRequest } from "../../processor/wire/read-request.ts";
import { MalformedRequestError } from "../../processor/wire/record-view.ts";
import { indexRequest, MESSAGE, RECORD } from "../../processor/wire/request-index.ts";
import { splitRequest } from "../../processor/wire/split.ts";
import { ExportLogsServiceRequestSchema } from "../../proto/gen/opentelemetry/proto/collector/logs/v1/logs_service_pb.js";
import { arbitraryRequest, arbitraryUtf8Request } from "./arbitrary-request.ts";

const limit = fc.integer({ min: 1, max: 2_000 });

/** The bytes of every record, in order. */
function rawRecords(bytes: Uint8Array): string[] {
  const { records, messages } = indexRequest(bytes);
  return Array.from({ length: records.rowCount }, (_, record) => {
    const base = (records.cells[record * records.width + RECORD.message] ?? 0) * messages.width;
    const from = messages.cells[base + MESSAGE.contentStart];
    return Buffer.from(bytes).toString("latin1", from, messages.cells[base + MESSAGE.end]);
  });
}

/** Resources, scopes and records that nothing stands in: what a part holds at least one of. */
function leaves(bytes: Uint8Array): number {
  const { messages } = indexRequest(bytes);
  const rows = Array.from({ length: messages.rowCount }, (_, row) => row);
  const parents = new Set(rows.map((row) => messages.cells[row * messages.width + MESSAGE.parent]));
  return rows.filter((row) => !parents.has(row)).length;
}

describe("the parts of a request", () => {
  it("hold every record once, in order, byte for byte, whatever the bytes are", () => {
    fc.assert(
      fc.property(arbitraryRequest, limit, (bytes, bytesMax) => {
        const parts = splitRequest(bytes, bytesMax);
        expect(parts.flatMap(rawRecords)).toEqual(rawRecords(bytes));
      }),
      { numRuns: 1_000 },
    );
  });

  it("are as large as they may be and no larger, but for one record alone", () => {
    fc.assert(
      fc.property(arbitraryRequest, limit, (bytes, bytesMax) => {
        const parts = splitRequest(bytes, bytesMax);
        for (const part of parts)
          expect(part.length <= bytesMax || leaves(part) <= 1, `${part.length} bytes`).toBe(true);
        expect(parts.length).toBeLessThanOrEqual(Math.max(1, leaves(bytes)));
      }),
      { numRuns: 1_000 },
    );
  });

  it("put together are a request with the same records again: what is left can be sent on its own", () => {
    fc.assert(
      fc.property(arbitraryRequest, limit, fc.nat(), (bytes, bytesMax, from) => {
        const parts = splitRequest(bytes, bytesMax);
        const rest = parts.slice(from % parts.length);
        expect(rawRecords(Buffer.concat(rest))).toEqual(rest.flatMap(rawRecords));
      }),
      { numRuns: 300 },
    );
  });

  it("name the resource and scope of every record, with everything that stands in them", () => {
    fc.assert(
      fc.property(arbitraryUtf8Request, limit, (bytes, bytesMax) => {
        expect(splitRequest(bytes, bytesMax).flatMap(placesOf)).toEqual(placesOf(bytes));
      }),
      { numRuns: 300 },
    );
  });

  it("are the very request when it fits", () => {
    fc.assert(
      fc.property(arbitraryRequest, (bytes) => {
        expect(splitRequest(bytes, bytes.length)).toEqual([bytes]);
        expect(splitRequest(bytes, bytes.length)[0]).toBe(bytes);
      }),
    );
  });
});

describe("a request that cannot be cut", () => {
  it("is refused when its resource would have to be repeated too often, before anything is written", () => {
    const records = Array.from({ length: 5_000 }, () => ({ timeUnixNano: 1n, body: "x".repeat(900) }));
    const bytes = encodeRequest([{ attributes: { blob: "y".repeat(60_000) }, records }]);
    expect(() => splitRequest(bytes, 1_024)).toThrow(MalformedRequestError);
    expect(() => splitRequest(bytes, 1_024)).toThrow(/send fewer records at once/);
  });

  it("is one part when it holds nothing", () => {
    const unknown = Uint8Array.from([0xf2, 0x3a, 0x03, 1, 2, 3]);
    expect(splitRequest(unknown, 1)).toEqual([unknown]);
    expect(splitRequest(new Uint8Array(0), 1)).toEqual([new Uint8Array(0)]);
  });

  it("is refused when it is none", () => {
    expect(() => splitRequest(Uint8Array.from([0x0a, 0x7f, 0x01]), 1)).toThrow(MalformedRequestError);
  });

  it("with 20,000 records under one scope is cut in one go", () => {
    const records = Array.from({ length: 20_000 }, (_, i) => ({ timeUnixNano: 1n, body: `record ${i}` }));
    const parts = splitRequest(encodeRequest([{ attributes: { a: "b" }, records }]), 4_096);
    expect(parts.flatMap((part) => readRequest(part).records.map(({ body }) => body))).toEqual(
      records.map(({ body }) => body),
    );
  });
});

/** Each record with what it stands under, unknown fields too. */
function placesOf(bytes: Uint8Array) {
  return fromBinary(ExportLogsServiceRequestSchema, Uint8Array.from(bytes)).resourceLogs.flatMap(
    ({ scopeLogs, ...resource }) =>
      scopeLogs.flatMap(({ logRecords, ...scope }) =>
        logRecords.map((record) => ({ resource, scope, record })),
      ),
  );
}
