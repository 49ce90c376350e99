import { request } from "node:http";
import { connect as connectHttp2 } from "node:http2";
import { connect as connectTcp, type Socket } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { decodeStatus } from "../../processor/wire/rpc-status.ts";
import { type Doors, startDoors } from "../edges/doors.ts";
import { aRequest } from "../edges/relay.ts";
import { sendGrpc, sendHttp } from "../edges/senders.ts";

const open: { stop?(): Promise<void>; destroy?(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) {
    one.destroy?.();
    await one.stop?.();
  }
});

async function doorsWith(receive: Record<string, unknown>): Promise<Doors> {
  const doors = await startDoors(
    async () => ({ kind: "accepted", rejectedRecords: 0, message: "" }),
    receive,
  );
  open.push(doors);
  return doors;
}

const EXPORT = "/opentelemetry.proto.collector.logs.v1.LogsService/Export";
const tokens = [
  { name: "alice", token: "alice-0123456789abcdef" },
  { name: "bob", token: "bob-0123456789abcdefgh" },
];

describe("a client that asks for more than its share", () => {
  const rate = { requests_per_second: 0.001, request_burst: 2 };

  it("is told to wait over gRPC: UNAVAILABLE with RetryInfo, never RESOURCE_EXHAUSTED", async () => {
    const { grpcAddress, refused } = await doorsWith({ limits: rate });
    const replies = [];
    for (let i = 0; i < 3; i += 1) replies.push(await sendGrpc(grpcAddress, aRequest()));
    expect(replies.map(({ code }) => code)).toEqual([0, 0, 14]);
    expect(replies[2]?.retryAfterMs).toBeGreaterThan(0);
    expect(refused).toEqual(["rate-limited"]);
  });

  it("is told to wait over HTTP: 429 with Retry-After", async () => {
    const { httpAddress } = await doorsWith({ limits: rate });
    const replies = [];
    for (let i = 0; i < 3; i += 1) replies.push(await sendHttp(httpAddress, aRequest()));
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 429]);
    expect(Number(replies[2]?.headers["retry-after"])).toBeGreaterThanOrEqual(1);
    expect(decodeStatus(replies[2]?.body ?? Buffer.alloc(0))?.code).toBe(14);
  });

  it("is the same over both doors, and takes nothing of another who has a token", async () => {
    const { grpcAddress, httpAddress } = await doorsWith({ limits: rate, auth: { tokens } });
    const [alice, bob] = tokens.map(({ token }) => ({ authorization: `Bearer ${token}` }));
    const grpc = async (metadata = {}) => (await sendGrpc(grpcAddress, aRequest(), { metadata })).code;
    const http = async (headers = {}) => (await sendHttp(httpAddress, aRequest(), headers)).status;
    expect([await grpc(alice), await http(alice), await grpc(alice), await http(alice)]).toEqual([
      0, 200, 14, 429,
    ]);
    expect([await grpc(bob), await http(bob)]).toEqual([0, 200]);
  });

  it("can still ask how the stage is", async () => {
    const { grpcAddress } = await doorsWith({ limits: { ...rate, request_burst: 1 } });
    expect((await sendGrpc(grpcAddress, aRequest())).code).toBe(0);
    expect((await sendGrpc(grpcAddress, aRequest())).code).toBe(14);
    const check = { path: "/grpc.health.v1.Health/Check" };
    expect((await sendGrpc(grpcAddress, new Uint8Array(0), check)).code).toBe(0);
  });

  it("is nobody where there is no limit", async () => {
    const { httpAddress, refused } = await doorsWith({});
    const sent = Array.from({ length: 300 }, () => sendHttp(httpAddress, aRequest()));
    expect(new Set((await Promise.all(sent)).map(({ status }) => status))).toEqual(new Set([200]));
    expect(refused).toEqual([]);
  });
});

describe("a sender that begins requests and ends none", () => {
  const [alice, bob] = tokens.map(({ token }) => ({ authorization: `Bearer ${token}` }));

  it.each(["http", "grpc"] as const)("over %s is told to wait, and takes nobody else's room", async (way) => {
    // Room for 128 requests that are next to nothing.
    const doors = await doorsWith({ auth: { tokens }, max_in_flight_bytes: 1_048_576 });
    const { grpcAddress, httpAddress, refused } = doors;
    if (way === "http")
      for (let i = 0; i < 130; i += 1)
        connect(httpAddress).write(
          `POST /v1/logs HTTP/1.1\r\nhost: x\r\nauthorization: ${alice?.authorization}\r\ncontent-type: application/x-protobuf\r\ncontent-length: 1000\r\n\r\n`,
        );
    else {
      const session = connectHttp2(`http://${grpcAddress}`);
      open.push(session);
      for (let i = 0; i < 130; i += 1)
        session
          .request({ ...alice, ":method": "POST", ":path": EXPORT, "content-type": "application/grpc" })
          .on("error", () => undefined);
    }
    await expect.poll(() => refused.length).toBeGreaterThan(60);
    expect(new Set(refused)).toEqual(new Set(["overloaded"]));
    expect((await sendHttp(httpAddress, aRequest(), alice)).status).toBe(503);
    expect((await sendHttp(httpAddress, aRequest(), bob)).status).toBe(200);
    expect((await sendGrpc(grpcAddress, aRequest(), { metadata: { ...bob } })).code).toBe(0);
  });
});

describe("what has arrived and is being unpacked", () => {
  it.each(["http", "grpc"] as const)("over %s is not held to what its client may begin", async (way) => {
    const doors = await doorsWith({ max_in_flight_bytes: 1_048_576 });
    const { grpcAddress, httpAddress } = doors;
    connect(httpAddress).write(
      "POST /v1/logs HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-protobuf\r\ncontent-length: 1000\r\n\r\n",
    );
    await expect.poll(() => doors.bytesInFlight).toBeGreaterThan(0);
    const large = aRequest(1, "a".repeat(700_000));
    if (way === "grpc") expect((await sendGrpc(grpcAddress, large, { gzip: true })).code).toBe(0);
    else {
      const gzip = { "content-encoding": "gzip" };
      expect((await sendHttp(httpAddress, gzipSync(large), gzip)).status).toBe(200);
    }
  });
});

/** Resolves when the connection has ended. */
function ended(socket: Socket): Promise<string> {
  socket.resume();
  return new Promise((resolve) => socket.once("close", () => resolve("closed")));
}

function connect(address: string): Socket {
  const socket = connectTcp(Number(address.split(":")[1]), "127.0.0.1");
  socket.on("error", () => undefined);
  open.push(socket);
  return socket;
}

/** An HTTP request without a body on a connection that stays. */
function ask(socket: Socket): Promise<string> {
  socket.write("GET /v1/logs HTTP/1.1\r\nhost: x\r\n\r\n");
  return new Promise((resolve) => socket.once("data", (bytes: Buffer) => resolve(bytes.toString("latin1"))));
}

describe("connections", () => {
  it.each([
    ["total", { max_connections: 2 }],
    ["client", { max_connections_per_client: 2 }],
  ])(
    "over the limit (%s) are closed at once, those before go on, and a place that is left is free",
    async (limit, limits) => {
      const { httpAddress, connectionsRefused } = await doorsWith({ limits });
      const [first, second] = [connect(httpAddress), connect(httpAddress)];
      for (const socket of [first, second]) expect(await ask(socket)).toMatch(/^HTTP\/1\.1 405 /);
      expect(await ended(connect(httpAddress))).toBe("closed");
      expect(connectionsRefused).toEqual([limit]);
      expect(await ask(first)).toMatch(/^HTTP\/1\.1 405 /);
      first.destroy();
      const takes = async () => (await sendHttp(httpAddress, aRequest()).catch(() => undefined))?.status;
      await expect.poll(takes).toBe(200);
    },
  );

  it("of gRPC are bounded too, and its sender is told UNAVAILABLE", async () => {
    const { grpcAddress, connectionsRefused } = await doorsWith({
      limits: { max_connections_per_client: 1 },
    });
    const session = connectHttp2(`http://${grpcAddress}`);
    session.on("error", () => undefined);
    open.push(session);
    await new Promise((resolve) => session.once("remoteSettings", resolve));
    expect((await sendGrpc(grpcAddress, aRequest())).code).toBe(14);
    expect(new Set(connectionsRefused)).toEqual(new Set(["client"]));
  });
});

describe("headers", () => {
  it("that are too large are refused, over both protocols, and the door goes on", async () => {
    const { grpcAddress, httpAddress } = await doorsWith({ limits: { max_header_bytes: 8_192 } });
    const headers = { "x-large": "x".repeat(10_000) };
    expect((await sendHttp(httpAddress, aRequest(), headers)).status).toBe(431);
    expect((await sendGrpc(grpcAddress, aRequest(), { metadata: headers })).code).not.toBe(0);
    const small = { "x-large": "x".repeat(4_000) };
    expect((await sendHttp(httpAddress, aRequest(), small)).status).toBe(200);
    expect((await sendGrpc(grpcAddress, aRequest(), { metadata: small })).code).toBe(0);
  });
});

describe("a sender that drips", () => {
  it("its headers, or says nothing at all, is not waited for", async () => {
    const { grpcAddress, httpAddress } = await doorsWith({ limits: { header_timeout_ms: 300 } });
    const dripping = connect(httpAddress);
    dripping.write("POST /v1/logs HTTP/1.1\r\nhost: x\r\n");
    const drip = setInterval(() => dripping.write("a: b\r\n"), 50);
    const silent = [connect(httpAddress), connect(grpcAddress)];
    const all = await Promise.all([dripping, ...silent].map(ended));
    clearInterval(drip);
    expect(all).toEqual(["closed", "closed", "closed"]);
    expect((await sendHttp(httpAddress, aRequest())).status).toBe(200);
  });
});

describe("values that are nested too deep", () => {
  it("are refused for good, over both encodings", async () => {
    const { httpAddress } = await doorsWith({});
    const depth = 10_000;
    const json = `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":${'{"arrayValue":{"values":['.repeat(depth)}${"]}}".repeat(depth)}}]}]}]}`;
    const answer = await new Promise<number>((resolve, reject) => {
      const sent = request(
        `http://${httpAddress}/v1/logs`,
        { method: "POST", agent: false, headers: { "content-type": "application/json" } },
        (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        },
      );
      sent.on("error", reject);
      sent.end(json);
    });
    expect(answer).toBe(400);
  });
});
