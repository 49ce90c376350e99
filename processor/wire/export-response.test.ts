import { create, toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ExportLogsServiceResponseSchema } from "../../proto/gen/opentelemetry/proto/collector/logs/v1/logs_service_pb.js";
import { decodeResponse, encodeResponse, responseToJson } from "./export-response.ts";
import { MESSAGES_MAX } from "./request-index.ts";

const none = { rejectedRecords: 0, message: "" };
const result = fc.record({
  rejectedRecords: fc.nat(MESSAGES_MAX),
  message: fc.string({ unit: "grapheme", maxLength: 100 }),
});

describe("a response", () => {
  it("says in both encodings what it was told to", () => {
    fc.assert(
      fc.property(result, (told) => {
        expect(decodeResponse(encodeResponse(told), false)).toEqual(told);
        expect(decodeResponse(Buffer.from(JSON.stringify(responseToJson(told))), true)).toEqual(told);
      }),
    );
  });

  it("of a full success is empty, as the specification wants it", () => {
    expect(encodeResponse(none)).toHaveLength(0);
    expect(responseToJson(none)).toEqual({});
  });

  it("that nobody can read is a full success", () => {
    for (const isJson of [false, true]) {
      expect(decodeResponse(new Uint8Array(0), isJson)).toEqual(none);
      expect(decodeResponse(Buffer.from("<html>"), isJson)).toEqual(none);
    }
  });

  it.each([
    [2n ** 63n - 1n, MESSAGES_MAX],
    [-(2n ** 63n), 0],
    [-1n, 0],
  ])("counts no more records than a request may have: %s", (rejectedLogRecords, rejectedRecords) => {
    const said = create(ExportLogsServiceResponseSchema, { partialSuccess: { rejectedLogRecords } });
    const read = decodeResponse(toBinary(ExportLogsServiceResponseSchema, said), false);
    expect(read.rejectedRecords).toBe(rejectedRecords);
  });
});
