import { deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { status as Code } from "@grpc/grpc-js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ListenError } from "../../processor/receive/consume.ts";
import { decodeStatus } from "../../processor/wire/rpc-status.ts";
import { deeplyNested } from "../wire/arbitrary-request.ts";
import { startGrpcNextHop } from "./next-hop.ts";
import { aRequest, type Relay, startRelay } from "./relay.ts";
import { sendGrpc, sendHttp } from "./senders.ts";

const MIB = 1024 * 1024;
let relay: Relay;
beforeAll(async () => {
  relay = await startRelay("");
});
afterAll(() => relay.stop());

/** The records of others go on, over both doors. */
async function othersGoOn(): Promise<void> {
  expect((await sendGrpc(relay.grpcAddress, aRequest())).code).toBe(Code.OK);
  expect((await sendHttp(relay.httpAddress, aRequest())).status).toBe(200);
}

const MALFORMED: readonly (readonly [what: string, bytes: Uint8Array])[] = [
  ["garbage", Uint8Array.from([0xff, 0x00, 0xff, 0x13, 0x37])],
  ["a request cut in the middle", aRequest(10).subarray(0, 100)],
  ["values nested beyond any use", deeplyNested(3_000)],
];

describe("a request that is no request", () => {
  it.each(MALFORMED)("is refused for good, and says why: %s", async (_, bytes) => {
    const grpc = await sendGrpc(relay.grpcAddress, bytes);
    expect(Code[grpc.code]).toBe("INVALID_ARGUMENT");
    expect(grpc.details).toContain("ExportLogsServiceRequest");
    const http = await sendHttp(relay.httpAddress, bytes);
    expect(http.status).toBe(400);
    expect(decodeStatus(http.body)?.message).toContain("ExportLogsServiceRequest");
    await othersGoOn();
  });

  it.each([
    "{",
    '{"resourceLogs":7}',
    "[]",
    '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"traceId":"x"}]}]}]}',
  ])("is answered in JSON when it came as JSON: %s", async (json) => {
    const type = "application/json";
    const reply = await sendHttp(relay.httpAddress, Buffer.from(json), { "content-type": type });
    expect([reply.status, reply.headers["content-type"]]).toEqual([400, type]);
    const status = JSON.parse(reply.body.toString());
    expect(status).toMatchObject({ code: Code.INVALID_ARGUMENT });
    expect(status.details[0]["@type"]).toBe("type.googleapis.com/google.rpc.BadRequest");
    await othersGoOn();
  });
});

describe("a request that is too large", () => {
  it("is refused over both doors: 100 MB", async () => {
    const bytes = Buffer.alloc(100 * MIB);
    expect(Code[(await sendGrpc(relay.grpcAddress, bytes)).code]).toBe("RESOURCE_EXHAUSTED");
    expect((await sendHttp(relay.httpAddress, bytes)).status).toBe(413);
    await othersGoOn();
  });

  it("is refused when it grows only while it is decompressed", async () => {
    const reply = await sendHttp(relay.httpAddress, gzipSync(Buffer.alloc(100 * MIB)), {
      "content-encoding": "gzip",
    });
    expect(reply.status).toBe(413);
    await othersGoOn();
  });
});

describe("a request that HTTP knows better", () => {
  it.each([
    [415, {}, { "content-type": "text/plain" }],
    [405, { method: "PUT" }, {}],
    [404, { path: "/v1/traces" }, {}],
    [415, {}, { "content-encoding": "br" }],
    [415, {}, { "content-encoding": "constructor" }],
    [400, {}, { "content-encoding": "gzip" }],
    [400, {}, { "content-encoding": "deflate" }],
    [400, {}, { "content-encoding": "zstd" }],
  ])("is answered %i: %j %j", async (status, how, headers) => {
    const reply = await sendHttp(relay.httpAddress, aRequest(), headers, how);
    expect([reply.status, reply.headers["content-type"]]).toEqual([status, "application/x-protobuf"]);
    expect(decodeStatus(reply.body)?.message).not.toBe("");
    expect(reply.headers["retry-after"]).toBeUndefined();
    await othersGoOn();
  });

  it.each([
    [405, { method: "PUT" }],
    [404, { path: "/" }],
  ])("is answered %i in JSON when it came as JSON: %j", async (status, how) => {
    const headers = { "content-type": "application/json" };
    const reply = await sendHttp(relay.httpAddress, Buffer.from("{}"), headers, how);
    expect([reply.status, reply.headers["content-type"]]).toEqual([status, "application/json"]);
    expect(JSON.parse(reply.body.toString())).toMatchObject({ code: Code.INTERNAL });
    if (status === 405) expect(reply.headers["allow"]).toBe("POST");
  });

  it("of another gRPC method is UNIMPLEMENTED", async () => {
    const path = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
    expect(Code[(await sendGrpc(relay.grpcAddress, aRequest(), { path })).code]).toBe("UNIMPLEMENTED");
  });
});

describe("unusual requests that are fine", () => {
  const bodyOf = (value: readonly number[]) => {
    const record = Uint8Array.from([0x2a, value.length, ...value]);
    const scope = Uint8Array.from([0x12, record.length, ...record]);
    const resource = Uint8Array.from([0x12, scope.length, ...scope]);
    return Uint8Array.from([0x0a, resource.length, ...resource]);
  };

  it.each([
    ["nothing at all", new Uint8Array(0)],
    ["a body that is a number", bodyOf([0x18, 0x2a])],
    ["a body that is no UTF-8", bodyOf([0x0a, 0x02, 0xff, 0xfe])],
    ["no body", bodyOf([])],
  ])("are taken: %s", async (_, bytes) => {
    expect((await sendGrpc(relay.grpcAddress, bytes)).code).toBe(Code.OK);
    expect((await sendHttp(relay.httpAddress, bytes)).status).toBe(200);
  });

  it("go on byte for byte, text that is no UTF-8 and all", async () => {
    const hop = await startGrpcNextHop(() => ({ body: new Uint8Array(0) }));
    const through = await startRelay(hop.address);
    const bytes = bodyOf([0x0a, 0x02, 0xff, 0xfe]);
    await sendGrpc(through.grpcAddress, bytes);
    await sendHttp(through.httpAddress, bytes);
    expect(hop.received.map((one) => [...one])).toEqual([[...bytes], [...bytes]]);
    await through.stop();
    await hop.close();
  });

  it.each([
    ["gzip", gzipSync(aRequest(50))],
    ["GZIP", gzipSync(aRequest(50))],
    ["x-gzip", gzipSync(aRequest(50))],
    ["identity", aRequest(50)],
    ["deflate", deflateSync(aRequest(50))],
    ["zstd", zstdCompressSync(aRequest(50))],
  ])("are taken compressed: %s", async (encoding, bytes) => {
    expect((await sendHttp(relay.httpAddress, bytes, { "content-encoding": encoding })).status).toBe(200);
  });

  it("are taken compressed over gRPC, and as JSON", async () => {
    expect((await sendGrpc(relay.grpcAddress, aRequest(50), { gzip: true })).code).toBe(Code.OK);
    const json = Buffer.from(
      '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"x"}}]}]}]}',
    );
    const reply = await sendHttp(relay.httpAddress, json, {
      "content-type": "application/json; charset=utf-8",
    });
    expect([reply.status, reply.body.toString()]).toEqual([200, "{}"]);
  });
});

describe("the stage itself", () => {
  it("says which address is taken, and by which key to change it", async () => {
    const endpoint = relay.grpcAddress;
    const failure = await startRelay("", {}, { grpc: { endpoint } }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ListenError);
    expect(String(failure)).toContain(`receive.grpc.endpoint: cannot listen on ${endpoint}`);
    await othersGoOn();
  });
});
