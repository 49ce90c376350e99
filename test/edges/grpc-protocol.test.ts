import { once } from "node:events";
import { connect } from "node:net";
import { deflateSync, gzipSync } from "node:zlib";
import { ChannelCredentials, Client, status as Code, type ServiceError } from "@grpc/grpc-js";
import { afterEach, describe, expect, it } from "vitest";
import type { ForwardOutcome } from "../../processor/forward/forward-outcome.ts";
import { frameOf } from "../../processor/grpc/frame.ts";
import { type Doors, startDoors } from "./doors.ts";
import { EXPORT_PATH, type RawClient, rawClient } from "./raw-grpc.ts";
import { aRequest } from "./relay.ts";
import { sendGrpc } from "./senders.ts";

const MIB = 1024 * 1024;
const ok: ForwardOutcome = { kind: "accepted", rejectedRecords: 0, message: "" };
const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function doorsTo(consume: Parameters<typeof startDoors>[0], receive: object = {}): Promise<Doors> {
  const doors = await startDoors(consume, { drain_timeout_ms: 1_000, ...receive });
  open.push(doors.stop);
  return doors;
}

function clientOf(doors: Doors): RawClient {
  const client = rawClient(doors.grpcAddress);
  open.push(client.close);
  return client;
}

const good = frameOf(aRequest());
const flagged = (flag: number, frame: Buffer) => Buffer.concat([Buffer.of(flag), frame.subarray(1)]);
const packed = (bytes: Uint8Array) => frameOf(bytes, true);

describe("what is no call of ours", () => {
  it.each([
    ["another content type", { "content-type": "application/json" }, 415],
    ["gRPC-Web", { "content-type": "application/grpc-web+proto" }, 415],
    ["no content type", { "content-type": "" }, 415],
    ["another method of HTTP", { ":method": "PUT" }, 405],
  ])("is answered in HTTP's terms: %s", async (_, headers, status) => {
    const doors = await doorsTo(async () => ok);
    const client = clientOf(doors);
    const reply = await client.call(good, headers);
    expect([reply.headers[":status"], reply.status]).toEqual([status, undefined]);
    expect((await client.call(good)).status).toBe(Code.OK);
  });

  it.each(["/", "/opentelemetry.proto.collector.logs.v1.LogsService/Import", "/constructor"])(
    "is UNIMPLEMENTED: the path %s",
    async (path) => {
      const client = clientOf(await doorsTo(async () => ok));
      expect((await client.call(good, { ":path": path })).status).toBe(Code.UNIMPLEMENTED);
    },
  );

  it("does no harm: HTTP/1.1, or noise", async () => {
    const doors = await doorsTo(async () => ok);
    const [host = "", port = ""] = doors.grpcAddress.split(":");
    for (const noise of [
      "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\xff\xff\xff\xff\xff",
    ]) {
      const socket = connect(Number(port), host);
      socket.on("error", () => undefined).resume();
      socket.end(noise, "latin1");
      await once(socket, "close");
    }
    expect((await clientOf(doors).call(good)).status).toBe(Code.OK);
    expect(doors.errors).toEqual([]);
  });
});

describe("a message that is not well framed", () => {
  it.each([
    ["none", Buffer.alloc(0), "UNIMPLEMENTED", {}],
    ["half a header", good.subarray(0, 3), "INTERNAL", {}],
    ["less than its length", good.subarray(0, -1), "INTERNAL", {}],
    ["two of them", Buffer.concat([good, good]), "UNIMPLEMENTED", {}],
    ["one and a bit", Buffer.concat([good, Buffer.of(0)]), "UNIMPLEMENTED", {}],
    ["an unknown flag", flagged(2, good), "INTERNAL", {}],
    ["compressed, without a name", flagged(1, good), "INTERNAL", {}],
    ["not compressed as it says", flagged(1, good), "INTERNAL", { "grpc-encoding": "gzip" }],
    [
      "compressed in a way that we do not know",
      packed(gzipSync(aRequest())),
      "UNIMPLEMENTED",
      { "grpc-encoding": "snappy" },
    ],
    ["a timeout that is none", good, "INTERNAL", { "grpc-timeout": "soon" }],
  ] as const)("is refused, and counted: %s", async (_, data, code, headers) => {
    const consumed: Uint8Array[] = [];
    const doors = await doorsTo(async (bytes) => {
      consumed.push(bytes);
      return ok;
    });
    const client = clientOf(doors);
    const reply = await client.call(data, headers);
    expect(Code[reply.status ?? -1]).toBe(code);
    expect(reply.headers["grpc-accept-encoding"]).toBe("identity,deflate,gzip");
    expect([consumed.length, doors.refused.length]).toEqual([0, 1]);
    expect((await client.call(good)).status).toBe(Code.OK);
  });

  it("that is too large by its own word is refused before it arrives, and room is left", async () => {
    const doors = await doorsTo(async () => ok, { max_in_flight_bytes: MIB, max_request_bytes: MIB });
    const client = clientOf(doors);
    const header = Buffer.of(0, 0x7f, 0xff, 0xff, 0xff);
    expect((await client.call(header)).status).toBe(Code.RESOURCE_EXHAUSTED);
    expect(doors.refused).toEqual(["too-large"]);
    expect((await client.call(good)).status).toBe(Code.OK);
  });

  it.each([100, 100_000_000])(
    "that is too large only when it is unpacked is refused: %i bytes",
    async (bytes) => {
      const doors = await doorsTo(async () => ok, { max_request_bytes: 1_024, max_in_flight_bytes: MIB });
      const bomb = frameOf(gzipSync(Buffer.alloc(1_024 + bytes)), true).subarray(0);
      const reply = await clientOf(doors).call(bomb, { "grpc-encoding": "gzip" });
      expect(Code[reply.status ?? -1]).toBe("RESOURCE_EXHAUSTED");
    },
  );
});

describe("a message that is well framed", () => {
  it.each([
    ["plain", good, {}],
    ["plain, in a call that names an encoding", good, { "grpc-encoding": "gzip" }],
    ["plain, in a call that names an encoding that nobody here has", good, { "grpc-encoding": "snappy" }],
    ["gzip", packed(gzipSync(aRequest())), { "grpc-encoding": "gzip" }],
    ["deflate", packed(deflateSync(aRequest())), { "grpc-encoding": "deflate" }],
    ["of another subtype's name", good, { "content-type": "application/grpc+proto; v=1" }],
  ])("is taken as the very bytes: %s", async (_, data, headers) => {
    const consumed: Uint8Array[] = [];
    const doors = await doorsTo(async (bytes) => {
      consumed.push(bytes);
      return ok;
    });
    const reply = await clientOf(doors).call(data, headers);
    expect([reply.headers[":status"], reply.status, [...reply.body]]).toEqual([
      200,
      Code.OK,
      [0, 0, 0, 0, 0],
    ]);
    expect(consumed.map((bytes) => [...bytes])).toEqual([[...aRequest()]]);
  });

  it("may come a byte at a time", async () => {
    const doors = await doorsTo(async () => ok);
    const client = clientOf(doors);
    const stream = client.session.request({
      ":method": "POST",
      ":path": EXPORT_PATH,
      "content-type": "application/grpc",
    });
    stream.resume();
    const trailers = once(stream, "trailers");
    for (const byte of good) await new Promise((resolve) => stream.write(Buffer.of(byte), resolve));
    stream.end();
    const [fields] = await trailers;
    expect(fields["grpc-status"]).toBe("0");
  });

  it("of 50 MiB is taken whole, gzip or not", async () => {
    const large = aRequest(1, "x".repeat(50 * MIB));
    const doors = await doorsTo(async (bytes) => {
      expect(Buffer.compare(bytes, large)).toBe(0);
      return ok;
    });
    for (const gzip of [false, true])
      expect((await sendGrpc(doors.grpcAddress, large, { gzip })).code).toBe(Code.OK);
  });
});

describe("a sender's deadline", () => {
  it("ends the work for it, and is told", async () => {
    const aborted = Promise.withResolvers<void>();
    const doors = await doorsTo(async (_, signal) => {
      signal.addEventListener("abort", () => aborted.resolve());
      await aborted.promise;
      return ok;
    });
    const reply = await clientOf(doors).call(good, { "grpc-timeout": "50m" });
    expect(Code[reply.status ?? -1]).toBe("DEADLINE_EXCEEDED");
    await aborted.promise;
  });

  it("holds while its message arrives, and gives back the room", async () => {
    const doors = await doorsTo(async () => ok, { max_in_flight_bytes: 1_024 });
    const client = clientOf(doors);
    expect(Code[(await client.call(undefined, { "grpc-timeout": "50m" })).status ?? -1]).toBe(
      "DEADLINE_EXCEEDED",
    );
    const large = frameOf(aRequest(30));
    expect((await client.call(large)).status).toBe(Code.OK);
  });
});

describe("a sender that goes away in the middle of its message", () => {
  it("leaves nothing behind", async () => {
    const doors = await doorsTo(async () => ok, { max_in_flight_bytes: 2_000 });
    const client = clientOf(doors);
    const large = frameOf(aRequest(20));
    for (let i = 0; i < 10; i += 1) {
      const stream = client.session.request({
        ":method": "POST",
        ":path": EXPORT_PATH,
        "content-type": "application/grpc",
      });
      stream.on("error", () => undefined);
      await new Promise((resolve) => stream.write(large.subarray(0, -1), resolve));
      stream.close(8);
    }
    await expect.poll(async () => (await client.call(large)).status).toBe(Code.OK);
    expect(doors.errors).toEqual([]);
  });
});

describe("a connection", () => {
  it("is renewed at its age without one call lost, under load", async () => {
    const doors = await doorsTo(async () => ok, { max_connection_age_ms: 1_000 });
    const client = new Client(doors.grpcAddress, ChannelCredentials.createInsecure());
    open.push(() => client.close());
    const bytes = (value: Uint8Array) => Buffer.from(value);
    const call = () =>
      new Promise<ServiceError | null>((resolve) =>
        client.makeUnaryRequest(EXPORT_PATH, bytes, bytes, aRequest(), (error) => resolve(error)),
      );
    const until = performance.now() + 3_000;
    const failures: unknown[] = [];
    let calls = 0;
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        while (performance.now() < until) {
          const error = await call();
          calls += 1;
          if (error !== null) failures.push(error.message);
        }
      }),
    );
    expect(failures).toEqual([]);
    expect(calls).toBeGreaterThan(50);
  });
});

describe("a watch of the health", () => {
  it("tells how it is, and that it ends", async () => {
    const doors = await startDoors(async () => ok);
    const client = clientOf(doors);
    const stream = client.session.request({
      ":method": "POST",
      ":path": "/grpc.health.v1.Health/Watch",
      "content-type": "application/grpc",
    });
    const heard: Buffer[] = [];
    stream.on("data", (chunk: Buffer) => heard.push(chunk));
    stream.end(frameOf(new Uint8Array(0)));
    await once(stream, "data");
    const trailers = once(stream, "trailers");
    const stopped = doors.stop();
    const [fields] = await trailers;
    expect(fields["grpc-status"]).toBe("0");
    await stopped;
    // HealthCheckResponse { status = SERVING }, then { status = NOT_SERVING }
    expect([...Buffer.concat(heard)]).toEqual([
      ...frameOf(Uint8Array.of(8, 1)),
      ...frameOf(Uint8Array.of(8, 2)),
    ]);
  });

  it.each([
    ["/grpc.health.v1.Health/Check", Buffer.from([0x0a, 1, 0x78]), "NOT_FOUND"],
    ["/grpc.health.v1.Health/Check", Buffer.from([0xff]), "INTERNAL"],
    ["/grpc.health.v1.Health/List", Buffer.alloc(0), "UNIMPLEMENTED"],
  ] as const)("%s of %j is %s", async (path, message, code) => {
    const client = clientOf(await doorsTo(async () => ok));
    expect(Code[(await client.call(frameOf(message), { ":path": path })).status ?? -1]).toBe(code);
  });
});
