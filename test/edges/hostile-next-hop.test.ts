import { create, toBinary } from "@bufbuild/protobuf";
import { anyPack } from "@bufbuild/protobuf/wkt";
import { status as Code } from "@grpc/grpc-js";
import { afterEach, describe, expect, it } from "vitest";
import { decodeStatus, encodeStatus } from "../../processor/wire/rpc-status.ts";
import { RetryInfoSchema } from "../../proto/gen/google/rpc/error_details_pb.js";
import { StatusSchema } from "../../proto/gen/google/rpc/status_pb.js";
import { ExportLogsServiceResponseSchema } from "../../proto/gen/opentelemetry/proto/collector/logs/v1/logs_service_pb.js";
import { type HttpAnswer, startGrpcNextHop, startHttpNextHop } from "./next-hop.ts";
import { aRequest, type Relay, startRelay } from "./relay.ts";
import { sendGrpc, sendHttp } from "./senders.ts";

const HOUR_MS = 3_600_000;
const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function relayTo(endpoint: string, forward: object = {}): Promise<Relay> {
  const relay = await startRelay(endpoint, forward);
  open.unshift({ close: relay.stop });
  return relay;
}

async function relayToHttp(answer: HttpAnswer, forward: object = {}): Promise<Relay> {
  const hop = await startHttpNextHop(() => answer);
  open.push(hop);
  return relayTo(`http://${hop.address}/v1/logs`, forward);
}

async function relayToGrpc(code: number, details: string, status?: Uint8Array): Promise<Relay> {
  const hop = await startGrpcNextHop(() => ({ code, details, ...(status ? { status } : {}) }));
  open.push(hop);
  return relayTo(hop.address);
}

function retryIn(seconds: bigint, nanos = 0): Uint8Array {
  const info = create(RetryInfoSchema, { retryDelay: { seconds, nanos } });
  const status = create(StatusSchema, { code: 14, details: [anyPack(RetryInfoSchema, info)] });
  return toBinary(StatusSchema, status);
}

function rejecting(rejectedLogRecords: bigint, errorMessage = ""): HttpAnswer {
  const partialSuccess = { rejectedLogRecords, errorMessage };
  const response = create(ExportLogsServiceResponseSchema, { partialSuccess });
  return { status: 200, body: toBinary(ExportLogsServiceResponseSchema, response) };
}

describe("a next hop that names an absurd time to wait", () => {
  it.each([
    ["99999999999999999999", HOUR_MS],
    ["Fri, 31 Dec 9999 23:59:59 GMT", HOUR_MS],
    ["Thu, 01 Jan 1970 00:00:00 GMT", 0],
    ["soon", 1_000],
    ["-5", 1_000],
  ])(
    "in Retry-After is passed on with one that every sender understands: %s",
    async (value, retryAfterMs) => {
      const relay = await relayToHttp({ status: 503, headers: { "retry-after": value } });
      const grpc = await sendGrpc(relay.grpcAddress, aRequest());
      expect([Code[grpc.code], grpc.retryAfterMs]).toEqual(["UNAVAILABLE", retryAfterMs]);
      const http = await sendHttp(relay.httpAddress, aRequest());
      expect([http.status, http.headers["retry-after"]]).toEqual([503, String(retryAfterMs / 1000)]);
    },
  );

  it.each([
    [2n ** 63n - 1n, 0, HOUR_MS],
    [-(2n ** 63n), 0, 0],
    [0n, 7, 0],
    [1n, 500_000_000, 1_500],
  ])("in RetryInfo is passed on likewise: %s s, %i ns", async (seconds, nanos, retryAfterMs) => {
    const relay = await relayToGrpc(Code.UNAVAILABLE, "away", retryIn(seconds, nanos));
    const grpc = await sendGrpc(relay.grpcAddress, aRequest());
    expect([Code[grpc.code], grpc.retryAfterMs]).toEqual(["UNAVAILABLE", retryAfterMs]);
    const http = await sendHttp(relay.httpAddress, aRequest());
    expect(http.headers["retry-after"]).toBe(String(Math.ceil(retryAfterMs / 1000)));
  });
});

describe("a next hop that counts wrongly", () => {
  it.each([2n ** 63n - 1n, -(2n ** 63n), -1n])(
    "does not end the relay: %s records rejected",
    async (rejected) => {
      const relay = await relayToHttp(rejecting(rejected), { max_message_bytes: 1_024 });
      const request = aRequest(100, "some text to fill the message with");
      const grpc = await sendGrpc(relay.grpcAddress, request);
      expect(grpc.code).toBe(Code.OK);
      expect(grpc.result?.rejectedRecords).toBeGreaterThanOrEqual(0);
      expect((await sendHttp(relay.httpAddress, request)).status).toBe(200);
    },
  );
});

describe("a next hop that says too much", () => {
  // 200,000 characters: in gRPC's headers they would break the answer, and a retryable failure would look permanent.
  const texts = ["x".repeat(200_000), "日本".repeat(100_000), `${"a".repeat(398)}😀😀`];

  it.each(texts)("over HTTP stays retryable (%#)", async (message) => {
    const relay = await relayToHttp({ status: 503, body: encodeStatus({ code: 14, message }) });
    const grpc = await sendGrpc(relay.grpcAddress, aRequest());
    expect(Code[grpc.code]).toBe("UNAVAILABLE");
    expect(grpc.details).toContain(message.slice(0, 100));
    expect(grpc.retryAfterMs).toBe(1_000);
    const http = await sendHttp(relay.httpAddress, aRequest());
    expect(http.status).toBe(503);
    expect(http.body.length).toBeLessThan(4_000);
  });

  it.each(texts)("and finds it malformed is passed on as that (%#)", async (message) => {
    const relay = await relayToHttp({ status: 400, body: encodeStatus({ code: 3, message }) });
    expect(Code[(await sendGrpc(relay.grpcAddress, aRequest())).code]).toBe("INVALID_ARGUMENT");
  });

  it("in a partial success is cut, over all parts together", async () => {
    const relay = await relayToHttp(rejecting(1n, "y".repeat(100_000)), { max_message_bytes: 1_024 });
    const reply = await sendGrpc(relay.grpcAddress, aRequest(100, "some text to fill the message with"));
    expect(reply.result?.rejectedRecords).toBeGreaterThan(3);
    expect(reply.result?.message.length).toBeLessThan(1_000);
  });

  it("in more than 4 MiB is not read to its end, and asked again", async () => {
    const relay = await relayToHttp({ status: 200, body: Buffer.alloc(5 * 1024 * 1024) });
    expect(Code[(await sendGrpc(relay.grpcAddress, aRequest())).code]).toBe("UNAVAILABLE");
  });
});

describe("a next hop whose details are no status", () => {
  it("is passed on by its code", async () => {
    const relay = await relayToGrpc(Code.UNAVAILABLE, "away", Uint8Array.from([0xff, 0xff]));
    expect(await sendGrpc(relay.grpcAddress, aRequest())).toMatchObject({
      code: Code.UNAVAILABLE,
      retryAfterMs: 1_000,
    });
  });

  it("over HTTP is passed on by its status, whatever page it sends", async () => {
    const page = Buffer.from("<html><h1>502 Bad Gateway</h1></html>");
    const relay = await relayToHttp({ status: 502, headers: { "content-type": "text/html" }, body: page });
    const http = await sendHttp(relay.httpAddress, aRequest());
    expect(http.status).toBe(503);
    expect(decodeStatus(http.body)?.message).toContain("next hop: HTTP 502");
  });
});
