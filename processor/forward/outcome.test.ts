import { status as Code } from "@grpc/grpc-js";
import { describe, expect, it } from "vitest";
import { NEXT_HOP_TEXT_MAX } from "./next-hop-text.ts";
import {
  outcomeOfGrpc,
  outcomeOfHttp,
  outcomeOfSilence,
  outcomeOfSuccess,
  parseRetryAfter,
} from "./outcome.ts";

const grpc = (code: number, message = "why", retryAfterMs?: number, retryExhausted = false) =>
  outcomeOfGrpc({ code, message, retryAfterMs }, retryExhausted);
const http = (statusCode: number, retryAfter?: string) => outcomeOfHttp(statusCode, retryAfter, "why", 0);

describe("a gRPC answer", () => {
  it("is told without what a terminal would obey", () => {
    const { message } = grpc(Code.UNAVAILABLE, "\u001b[2Jbusy\r\n\u202eton");
    expect(message).toBe("next hop: UNAVAILABLE: [2Jbusy ton");
  });

  it.each([
    "CANCELLED",
    "DEADLINE_EXCEEDED",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
    "PERMISSION_DENIED",
  ] as const)("of %s is worth another try", (name) => {
    expect(grpc(Code[name], "why", 70)).toMatchObject({ kind: "retry", afterMs: 70 });
    expect(grpc(Code[name])).toMatchObject({ kind: "retry", afterMs: undefined });
  });

  it.each([
    ["UNKNOWN", "other"],
    ["INVALID_ARGUMENT", "malformed"],
    ["NOT_FOUND", "other"],
    ["ALREADY_EXISTS", "other"],
    ["FAILED_PRECONDITION", "other"],
    ["UNIMPLEMENTED", "unsupported"],
    ["INTERNAL", "other"],
  ] as const)("of %s is final, with or without RetryInfo: %s", (name, reason) => {
    expect(grpc(Code[name])).toMatchObject({ kind: "refused", reason });
    expect(grpc(Code[name], "why", 70)).toMatchObject({ kind: "refused", reason });
  });

  it("of RESOURCE_EXHAUSTED is worth another try with RetryInfo, or where the configuration says so", () => {
    expect(grpc(Code.RESOURCE_EXHAUSTED)).toMatchObject({ kind: "refused", reason: "other" });
    expect(grpc(Code.RESOURCE_EXHAUSTED, "busy", 70)).toMatchObject({ kind: "retry", afterMs: 70 });
    expect(grpc(Code.RESOURCE_EXHAUSTED, "busy", undefined, true)).toMatchObject({ kind: "retry" });
  });

  it.each([
    "grpc: received message larger than max (5 vs. 4)",
    "grpc: received message after decompression larger than max 4",
    "Received message larger than max (5 vs 4)",
  ])("of RESOURCE_EXHAUSTED for the size is final, whatever the configuration says: %s", (message) => {
    expect(grpc(Code.RESOURCE_EXHAUSTED, message, undefined, true)).toMatchObject({ reason: "too-large" });
  });

  it("names the code, also one that gRPC does not have", () => {
    expect(grpc(Code.DATA_LOSS).message).toBe("next hop: DATA_LOSS: why");
    expect(grpc(77)).toMatchObject({ kind: "refused", message: "next hop: code 77: why" });
  });
});

describe("an HTTP answer", () => {
  it.each([429, 502, 503, 504])("of %i is worth another try, when it says", (statusCode) => {
    expect(http(statusCode, "7")).toMatchObject({ kind: "retry", afterMs: 7_000 });
    expect(http(statusCode)).toMatchObject({ kind: "retry", afterMs: undefined });
  });

  it.each([401, 403])("of %i is our own fault: worth another try, with a hint", (statusCode) => {
    expect(http(statusCode)).toMatchObject({ kind: "retry" });
    expect(http(statusCode).message).toContain("forward.headers");
  });

  it.each([
    [301, "other"],
    [400, "malformed"],
    [404, "other"],
    [408, "other"],
    [413, "too-large"],
    [415, "unsupported"],
    [500, "other"],
    [501, "other"],
    [505, "other"],
  ])("of %i is final: %s", (statusCode, reason) => {
    expect(http(statusCode, "7")).toMatchObject({ kind: "refused", reason });
  });
});

describe("Retry-After", () => {
  it.each([
    ["0", 0],
    ["120", 120_000],
    ["Thu, 01 Jan 1970 00:00:10 GMT", 9_000],
    ["Thursday, 01-Jan-70 00:00:10 GMT", 9_000],
    ["Thu, 01 Jan 1970 00:00:00 GMT", 0],
    ["", undefined],
    ["-5", undefined],
    ["1.5", undefined],
    ["Thu, soon", undefined],
    [undefined, undefined],
  ])("%s is %s ms", (value, expected) => {
    expect(parseRetryAfter(value, 1_000)).toBe(expected);
  });
});

describe("a next hop's text", () => {
  const long = `${"a".repeat(NEXT_HOP_TEXT_MAX - 2)}😀${"b".repeat(100_000)}`;

  it.each([
    ["gRPC", grpc(Code.UNAVAILABLE, long)],
    ["HTTP", outcomeOfHttp(503, undefined, long, 0)],
    ["success", outcomeOfSuccess({ rejectedRecords: 1, message: long })],
    ["silence", outcomeOfSilence(new Error(long))],
  ])("is cut between whole characters: %s", (_, { message }) => {
    expect(message.length).toBeLessThan(NEXT_HOP_TEXT_MAX + 100);
    expect(message.isWellFormed()).toBe(true);
    expect(message).toContain("aaaa");
  });
});
