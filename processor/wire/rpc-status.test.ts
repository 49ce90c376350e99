import { createRegistry, fromBinary, fromJson, toBinary } from "@bufbuild/protobuf";
import { anyUnpack } from "@bufbuild/protobuf/wkt";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BadRequestSchema, RetryInfoSchema } from "../../proto/gen/google/rpc/error_details_pb.js";
import { StatusSchema } from "../../proto/gen/google/rpc/status_pb.js";
import { decodeStatus, encodeStatus, statusToJson } from "./rpc-status.ts";

const status = fc.record({
  code: fc.nat(16),
  message: fc.string({ unit: "grapheme", maxLength: 100 }),
  retryAfterMs: fc.option(fc.nat(3_600_000), { nil: undefined }),
  badRequest: fc.option(fc.string({ unit: "grapheme", maxLength: 100 }), { nil: undefined }),
});

describe("a status", () => {
  it("says in protobuf what it was told to", () => {
    fc.assert(
      fc.property(status, (told) => {
        const { code, message, retryAfterMs } = told;
        expect(decodeStatus(encodeStatus(told))).toEqual({ code, message, retryAfterMs });
      }),
    );
  });

  it("says the same in JSON, as another implementation reads it", () => {
    const registry = createRegistry(RetryInfoSchema, BadRequestSchema);
    fc.assert(
      fc.property(status, (told) => {
        const read = fromJson(StatusSchema, statusToJson(told), { registry });
        expect(toBinary(StatusSchema, read)).toEqual(encodeStatus(told));
      }),
    );
  });

  it("names what is wrong with a request as a BadRequest", () => {
    const [detail] = fromBinary(
      StatusSchema,
      encodeStatus({ code: 3, message: "no", badRequest: "cut" }),
    ).details;
    if (detail === undefined) throw new Error("expected a detail");
    expect(anyUnpack(detail, BadRequestSchema)?.fieldViolations).toMatchObject([{ description: "cut" }]);
  });

  it("is none, not an error, when the bytes are none", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const read = decodeStatus(bytes);
        expect(read === undefined || typeof read.message === "string").toBe(true);
      }),
      { numRuns: 1_000 },
    );
    expect(decodeStatus(Uint8Array.from([0xff]))).toBeUndefined();
  });
});
