import { status as Code } from "@grpc/grpc-js";
import { afterEach, describe, expect, it } from "vitest";
import { encodeResponse } from "../../processor/wire/export-response.ts";
import { readRequest } from "../../processor/wire/read-request.ts";
import { decodeStatus, encodeStatus } from "../../processor/wire/rpc-status.ts";
import { freePort } from "../helpers/free-port.ts";
import { type GrpcAnswer, type NextHop, startGrpcNextHop, startHttpNextHop } from "./next-hop.ts";
import { aRequest, type Relay, startRelay } from "./relay.ts";
import { sendGrpc, sendHttp } from "./senders.ts";

const open: { close(): Promise<void> }[] = [];
const keep = <T extends NextHop>(hop: T): T => {
  open.push(hop);
  return hop;
};
const relayTo = async (endpoint: string, forward: object = {}): Promise<Relay> => {
  const relay = await startRelay(endpoint, forward);
  open.unshift({ close: relay.stop });
  return relay;
};
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

/** What the sender hears when the next hop says the code on the left: over gRPC, and over HTTP. */
const OVER_GRPC: readonly (readonly [code: keyof typeof Code, grpc: keyof typeof Code, http: number])[] = [
  ["CANCELLED", "UNAVAILABLE", 503],
  ["UNKNOWN", "INTERNAL", 500],
  ["INVALID_ARGUMENT", "INVALID_ARGUMENT", 400],
  ["DEADLINE_EXCEEDED", "UNAVAILABLE", 503],
  ["NOT_FOUND", "INTERNAL", 500],
  ["ALREADY_EXISTS", "INTERNAL", 500],
  ["PERMISSION_DENIED", "UNAVAILABLE", 503],
  ["RESOURCE_EXHAUSTED", "UNAVAILABLE", 503],
  ["FAILED_PRECONDITION", "INTERNAL", 500],
  ["ABORTED", "UNAVAILABLE", 503],
  ["OUT_OF_RANGE", "UNAVAILABLE", 503],
  ["UNIMPLEMENTED", "UNIMPLEMENTED", 415],
  ["INTERNAL", "INTERNAL", 500],
  ["UNAVAILABLE", "UNAVAILABLE", 503],
  ["DATA_LOSS", "UNAVAILABLE", 503],
  ["UNAUTHENTICATED", "UNAVAILABLE", 503],
];

describe("a gRPC next hop", () => {
  it.each(OVER_GRPC)("that says %s is passed back as %s and %i", async (code, expected, httpStatus) => {
    const hop = keep(await startGrpcNextHop(() => ({ code: Code[code], details: "so be it" })));
    const relay = await relayTo(hop.address);
    const grpc = await sendGrpc(relay.grpcAddress, aRequest());
    expect(Code[grpc.code]).toBe(expected);
    expect(grpc.details).toContain(code);
    const http = await sendHttp(relay.httpAddress, aRequest());
    expect(http.status).toBe(httpStatus);
    expect(decodeStatus(http.body)?.code).toBe(Code[expected]);
    const isRetryable = expected === "UNAVAILABLE";
    expect(grpc.retryAfterMs).toEqual(isRetryable ? 1_000 : undefined);
    expect(http.headers["retry-after"]).toEqual(isRetryable ? "1" : undefined);
  });

  it("that says when to try again is passed back with its time", async () => {
    const status = encodeStatus({ code: Code.RESOURCE_EXHAUSTED, message: "busy", retryAfterMs: 7_000 });
    const answer: GrpcAnswer = { code: Code.RESOURCE_EXHAUSTED, details: "busy", status };
    const relay = await relayTo(keep(await startGrpcNextHop(() => answer)).address);
    expect(await sendGrpc(relay.grpcAddress, aRequest())).toMatchObject({
      code: Code.UNAVAILABLE,
      retryAfterMs: 7_000,
    });
    expect((await sendHttp(relay.httpAddress, aRequest())).headers["retry-after"]).toBe("7");
  });

  it("that finds a message too large for good is not asked again", async () => {
    const details = "Received message larger than max (9 vs 4)";
    const relay = await relayTo(
      keep(await startGrpcNextHop(() => ({ code: Code.RESOURCE_EXHAUSTED, details }))).address,
    );
    expect(await sendGrpc(relay.grpcAddress, aRequest())).toMatchObject({
      code: Code.RESOURCE_EXHAUSTED,
      retryAfterMs: undefined,
    });
    expect((await sendHttp(relay.httpAddress, aRequest())).status).toBe(413);
  });

  it("that takes a part is passed back with its count, and added up over parts", async () => {
    const body = encodeResponse({ rejectedRecords: 2, message: "two were bad" });
    const hop = keep(await startGrpcNextHop(() => ({ body })));
    const relay = await relayTo(hop.address, { max_message_bytes: 1_024 });
    const reply = await sendGrpc(relay.grpcAddress, aRequest(100, "some text to fill the message with"));
    expect(hop.received.length).toBeGreaterThan(3);
    expect(reply.result).toEqual({ rejectedRecords: 2 * hop.received.length, message: "two were bad" });
  });

  it("that fails in the middle of the parts is not asked for the rest, and that is told as retryable", async () => {
    let calls = 0;
    const hop = keep(
      await startGrpcNextHop(() => {
        calls += 1;
        return calls === 3 ? { code: Code.UNAVAILABLE, details: "away" } : { body: new Uint8Array(0) };
      }),
    );
    const relay = await relayTo(hop.address, { max_message_bytes: 1_024 });
    const request = aRequest(100, "some text to fill the message with");
    expect((await sendGrpc(relay.grpcAddress, request)).code).toBe(Code.UNAVAILABLE);
    expect(calls).toBe(3);
  });

  it("that refuses every part has refused the request", async () => {
    const refuse = { code: Code.INVALID_ARGUMENT, details: "no" };
    const hop = keep(await startGrpcNextHop(() => refuse));
    const relay = await relayTo(hop.address, { max_message_bytes: 1_024 });
    const reply = await sendGrpc(relay.grpcAddress, aRequest(100, "some text to fill the message with"));
    expect(Code[reply.code]).toBe("INVALID_ARGUMENT");
    expect(hop.received.length).toBeGreaterThan(3);
  });

  it("that refuses one part of several has refused that part's records", async () => {
    let calls = 0;
    const hop = keep(
      await startGrpcNextHop(() => {
        calls += 1;
        return calls === 2 ? { code: Code.INVALID_ARGUMENT, details: "no" } : { body: new Uint8Array(0) };
      }),
    );
    const relay = await relayTo(hop.address, { max_message_bytes: 1_024 });
    const reply = await sendGrpc(relay.grpcAddress, aRequest(100, "some text to fill the message with"));
    const rejected = readRequest(hop.received[1] ?? new Uint8Array(0)).records.length;
    expect(reply.result?.rejectedRecords).toBe(rejected);
    expect(rejected).toBeGreaterThan(0);
  });

  it("that is not there is told upstream as something to try again", async () => {
    const relay = await relayTo(`127.0.0.1:${await freePort()}`, { timeout_ms: 500 });
    expect(await sendGrpc(relay.grpcAddress, aRequest())).toMatchObject({ code: Code.UNAVAILABLE });
    expect((await sendHttp(relay.httpAddress, aRequest())).status).toBe(503);
  });
});

const OVER_HTTP: readonly (readonly [status: number, grpc: keyof typeof Code, http: number])[] = [
  [301, "INTERNAL", 500],
  [400, "INVALID_ARGUMENT", 400],
  [401, "UNAVAILABLE", 503],
  [403, "UNAVAILABLE", 503],
  [404, "INTERNAL", 500],
  [408, "INTERNAL", 500],
  [413, "RESOURCE_EXHAUSTED", 413],
  [415, "UNIMPLEMENTED", 415],
  [429, "UNAVAILABLE", 503],
  [500, "INTERNAL", 500],
  [502, "UNAVAILABLE", 503],
  [503, "UNAVAILABLE", 503],
  [504, "UNAVAILABLE", 503],
];

describe("an HTTP next hop", () => {
  it.each(OVER_HTTP)("that says %i is passed back as %s and %i", async (status, expected, httpStatus) => {
    const hop = keep(await startHttpNextHop(() => ({ status, headers: { "retry-after": "9" } })));
    const relay = await relayTo(`http://${hop.address}/v1/logs`);
    const grpc = await sendGrpc(relay.grpcAddress, aRequest());
    expect(Code[grpc.code]).toBe(expected);
    expect((await sendHttp(relay.httpAddress, aRequest())).status).toBe(httpStatus);
    if ([429, 502, 503, 504].includes(status)) expect(grpc.retryAfterMs).toBe(9_000);
  });

  it.each([200, 202, 204])("that says %i has taken everything, whatever its body", async (status) => {
    const hop = keep(await startHttpNextHop(() => ({ status })));
    const relay = await relayTo(`http://${hop.address}/v1/logs`, { compression: "gzip" });
    const reply = await sendGrpc(relay.grpcAddress, aRequest());
    expect(reply).toMatchObject({ code: 0, result: { rejectedRecords: 0, message: "" } });
    expect((await sendHttp(relay.httpAddress, aRequest())).status).toBe(200);
  });

  it("that takes a part is passed back with its count", async () => {
    const body = encodeResponse({ rejectedRecords: 1, message: "one was bad" });
    const hop = keep(
      await startHttpNextHop(() => ({
        status: 200,
        headers: { "content-type": "application/x-protobuf" },
        body,
      })),
    );
    const relay = await relayTo(`http://${hop.address}/v1/logs`);
    expect((await sendGrpc(relay.grpcAddress, aRequest())).result?.rejectedRecords).toBe(1);
  });
});
